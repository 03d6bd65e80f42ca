package io.fettle.cmdb;

import io.fettle.kernel.Endpoint;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A machine's card out of its document. Pure. */
final class Cards {
  static final int SSH_PORT = 22;
  static final int IPMI_PORT = 623;

  private Cards() {}

  static MachineCard of(MachineDoc machine) {
    JsonNode doc = machine.doc();
    String kind = text(doc, "/type");
    String lifecycle = text(doc, "/lifecycle");
    return new MachineCard(
        machine.id(),
        text(doc, "/asset_no"),
        kind == null ? "server" : kind,
        lifecycle == null ? "in_service" : lifecycle,
        text(doc, "/register/serial"),
        text(doc, "/register/vendor"),
        text(doc, "/register/model"),
        text(doc, "/net/hostname"),
        endpoint(doc, "/net/address", SSH_PORT),
        endpoint(doc, "/bmc/address", IPMI_PORT),
        text(doc, "/placement/site"),
        text(doc, "/placement/room"),
        text(doc, "/placement/rack"),
        text(doc, "/placement/u"),
        text(doc, "/ownership/team"),
        text(doc, "/ownership/service"),
        text(doc, "/ownership/contact"),
        machine.version());
  }

  private static @Nullable String text(JsonNode doc, String pointer) {
    JsonNode node = doc.at(pointer);
    return node.isString() ? node.asString() : null;
  }

  private static @Nullable Endpoint endpoint(JsonNode doc, String pointer, int usual) {
    String text = text(doc, pointer);
    if (text == null) return null;
    return Norm.split(text)
        .map(a -> new Endpoint(a.host(), a.port() == 0 ? usual : a.port()))
        .orElse(null);
  }
}
