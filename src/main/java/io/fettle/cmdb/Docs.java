package io.fettle.cmdb;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Documents as sets of leaves: the unit in which sources agree or differ. Pure. */
final class Docs {
  static final JsonMapper JSON = new JsonMapper();

  private Docs() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static ObjectNode read(String json) {
    return (ObjectNode) JSON.readTree(json);
  }

  /**
   * Leaves by JSON pointer, sorted. A list is one leaf, but a list of named things gives one leaf
   * per thing; null says nothing.
   *
   * @param named pointer of such lists to the member that names their things
   */
  static SortedMap<String, JsonNode> leaves(JsonNode doc, Map<String, String> named) {
    SortedMap<String, JsonNode> out = new TreeMap<>();
    walk("", doc, named, out);
    return out;
  }

  private static void walk(
      String at, JsonNode node, Map<String, String> named, SortedMap<String, JsonNode> out) {
    String member = named.get(at);
    if (node.isNull() || node.isMissingNode()) return;
    if (node.isObject()) {
      node.properties().forEach(e -> walk(at + "/" + escape(e.getKey()), e.getValue(), named, out));
    } else if (member != null && node.isArray()) {
      for (JsonNode item : node) out.put(at + "/" + escape(item.path(member).asString("")), item);
    } else {
      out.put(at, node);
    }
  }

  /** The document that has these leaves. */
  static ObjectNode tree(SortedMap<String, JsonNode> leaves, Map<String, String> named) {
    ObjectNode root = object();
    leaves.forEach((pointer, value) -> plant(root, pointer, value, named));
    return root;
  }

  private static void plant(
      ObjectNode root, String pointer, JsonNode value, Map<String, String> named) {
    List<String> parts = parts(pointer);
    ObjectNode at = root;
    String here = "";
    for (int i = 0; i < parts.size() - 1; i++) {
      here += "/" + escape(parts.get(i));
      if (named.containsKey(here)) {
        JsonNode list = at.get(parts.get(i));
        (list instanceof ArrayNode a ? a : at.putArray(parts.get(i))).add(value);
        return;
      }
      JsonNode next = at.get(parts.get(i));
      at = next instanceof ObjectNode o ? o : at.putObject(parts.get(i));
    }
    at.set(parts.getLast(), value);
  }

  private static List<String> parts(String pointer) {
    return Arrays.stream(pointer.substring(1).split("/", -1))
        .map(p -> p.replace("~1", "/").replace("~0", "~"))
        .toList();
  }

  private static String escape(String member) {
    return member.replace("~", "~0").replace("/", "~1");
  }

  /** Puts the members of {@code patch} over those of {@code base}, object by object. */
  static ObjectNode merged(JsonNode base, JsonNode patch) {
    ObjectNode out = base instanceof ObjectNode o ? o.deepCopy() : object();
    patch
        .properties()
        .forEach(e -> {
          JsonNode old = out.get(e.getKey());
          boolean deep = old != null && old.isObject() && e.getValue().isObject();
          out.set(e.getKey(), deep ? merged(old, e.getValue()) : e.getValue());
        });
    return out;
  }

  /** Same bytes for the same content: members sorted. */
  static byte[] hash(JsonNode doc) {
    try {
      StringBuilder text = new StringBuilder();
      canonical(doc, text);
      byte[] all =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(all, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void canonical(JsonNode node, StringBuilder out) {
    if (node.isObject()) {
      List<String> names = new ArrayList<>(node.propertyNames());
      Collections.sort(names);
      out.append('{');
      for (String name : names) {
        out.append(JSON.getNodeFactory().stringNode(name)).append(':');
        canonical(node.get(name), out);
        out.append(',');
      }
      out.append('}');
    } else if (node.isArray()) {
      out.append('[');
      for (JsonNode item : node) {
        canonical(item, out);
        out.append(',');
      }
      out.append(']');
    } else if (node.isNumber()) {
      out.append(node.decimalValue().stripTrailingZeros());
    } else {
      out.append(node);
    }
  }
}
