package io.fettle.cmdb;

import io.fettle.kernel.Endpoint;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** A machine's card out of its document. Pure. */
final class Cards {
  static final int SSH_PORT = 22;
  static final int IPMI_PORT = 623;

  private static final JsonPointer TYPE = JsonPointer.compile("/type");
  private static final JsonPointer LIFECYCLE = JsonPointer.compile("/lifecycle");
  private static final JsonPointer ASSET_NO = JsonPointer.compile("/asset_no");
  private static final JsonPointer REGISTER_SERIAL = JsonPointer.compile("/register/serial");
  private static final JsonPointer REGISTER_VENDOR = JsonPointer.compile("/register/vendor");
  private static final JsonPointer REGISTER_MODEL = JsonPointer.compile("/register/model");
  private static final JsonPointer NET_HOSTNAME = JsonPointer.compile("/net/hostname");
  private static final JsonPointer NET_ADDRESS = JsonPointer.compile("/net/address");
  private static final JsonPointer BMC_ADDRESS = JsonPointer.compile("/bmc/address");
  private static final JsonPointer PLACEMENT_SITE = JsonPointer.compile("/placement/site");
  private static final JsonPointer PLACEMENT_ROOM = JsonPointer.compile("/placement/room");
  private static final JsonPointer PLACEMENT_RACK = JsonPointer.compile("/placement/rack");
  private static final JsonPointer PLACEMENT_U = JsonPointer.compile("/placement/u");
  private static final JsonPointer OWNERSHIP_TEAM = JsonPointer.compile("/ownership/team");
  private static final JsonPointer OWNERSHIP_SERVICE = JsonPointer.compile("/ownership/service");
  private static final JsonPointer OWNERSHIP_CONTACT = JsonPointer.compile("/ownership/contact");

  private Cards() {}

  static MachineCard of(MachineDoc machine) {
    JsonNode doc = machine.doc();
    String kind = text(doc, TYPE);
    String lifecycle = text(doc, LIFECYCLE);
    return new MachineCard(
        machine.id(),
        text(doc, ASSET_NO),
        kind == null ? "server" : kind,
        lifecycle == null ? "in_service" : lifecycle,
        text(doc, REGISTER_SERIAL),
        text(doc, REGISTER_VENDOR),
        text(doc, REGISTER_MODEL),
        text(doc, NET_HOSTNAME),
        endpoint(doc, NET_ADDRESS, SSH_PORT),
        endpoint(doc, BMC_ADDRESS, IPMI_PORT),
        text(doc, PLACEMENT_SITE),
        text(doc, PLACEMENT_ROOM),
        text(doc, PLACEMENT_RACK),
        text(doc, PLACEMENT_U),
        text(doc, OWNERSHIP_TEAM),
        text(doc, OWNERSHIP_SERVICE),
        text(doc, OWNERSHIP_CONTACT),
        machine.version());
  }

  private static @Nullable String text(JsonNode doc, JsonPointer pointer) {
    JsonNode node = doc.at(pointer);
    return node.isString() ? node.asString() : null;
  }

  private static @Nullable Endpoint endpoint(JsonNode doc, JsonPointer pointer, int usual) {
    String text = text(doc, pointer);
    if (text == null) return null;
    return Norm.split(text)
        .map(a -> new Endpoint(a.host(), a.port() == 0 ? usual : a.port()))
        .orElse(null);
  }
}
