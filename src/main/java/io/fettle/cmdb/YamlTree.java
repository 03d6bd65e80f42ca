package io.fettle.cmdb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A YAML document as JSON that still knows where everything stood. Only plain data: no types, dates
 * stay text, and an alias that multiplies itself is refused.
 */
record YamlTree(JsonNode json, Map<String, Place> places) {
  private static final int MOST_NODES = 50_000;
  private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

  /** Line and column, from 1. */
  record Place(int line, int column) {}

  /** The text is no usable YAML. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Place place;

    Unreadable(Place place, String why) {
      super(why);
      this.place = place;
    }

    Place place() {
      return place;
    }
  }

  /** Every document of a text. */
  static List<YamlTree> read(String text) throws Unreadable {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(40);
    List<YamlTree> out = new ArrayList<>();
    try {
      for (Node node :
          new Yaml(new SafeConstructor(options)).composeAll(new java.io.StringReader(text))) {
        Map<String, Place> places = new HashMap<>();
        int[] left = {MOST_NODES};
        out.add(new YamlTree(json("", node, places, left), places));
      }
      return out;
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      Place place = mark == null ? new Place(1, 1) : place(mark);
      throw new Unreadable(place, String.valueOf(e.getProblem()));
    } catch (YAMLException e) {
      throw new Unreadable(new Place(1, 1), String.valueOf(e.getMessage()));
    }
  }

  /** Where the value at a JSON pointer stands, or the nearest value around it. */
  Place place(String pointer) {
    for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
      Place place = places.get(at);
      if (place != null) return place;
    }
    return places.getOrDefault("", new Place(1, 1));
  }

  private static Place place(Mark mark) {
    return new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static JsonNode json(String at, Node node, Map<String, Place> places, int[] left)
      throws Unreadable {
    Place place = place(node.getStartMark());
    if (--left[0] < 0) throw new Unreadable(place, "too many values");
    places.put(at, place);
    return switch (node) {
      case MappingNode m -> mapping(at, m, places, left);
      case SequenceNode s -> sequence(at, s, places, left);
      case ScalarNode s -> scalar(s);
      default -> throw new Unreadable(place, "unexpected " + node.getNodeId());
    };
  }

  private static JsonNode mapping(
      String at, MappingNode node, Map<String, Place> places, int[] left) throws Unreadable {
    var out = MAKE.objectNode();
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key))
        throw new Unreadable(place(tuple.getKeyNode().getStartMark()), "a key must be plain text");
      String name = key.getValue();
      if (out.has(name))
        throw new Unreadable(place(key.getStartMark()), "the key '" + name + "' is there twice");
      String pointer = at + "/" + name.replace("~", "~0").replace("/", "~1");
      out.set(name, json(pointer, tuple.getValueNode(), places, left));
      places.put(pointer, place(key.getStartMark()));
    }
    return out;
  }

  private static JsonNode sequence(
      String at, SequenceNode node, Map<String, Place> places, int[] left) throws Unreadable {
    var out = MAKE.arrayNode();
    int n = 0;
    for (Node item : node.getValue()) out.add(json(at + "/" + n++, item, places, left));
    return out;
  }

  private static JsonNode scalar(ScalarNode node) {
    String text = node.getValue();
    Tag tag = node.getTag();
    if (tag.equals(Tag.NULL)) return MAKE.nullNode();
    if (tag.equals(Tag.BOOL)) return MAKE.booleanNode(text.matches("(?i)true|yes|on"));
    if (tag.equals(Tag.INT) && text.matches("-?(0|[1-9]\\d{0,17})"))
      return MAKE.numberNode(Long.parseLong(text));
    if (tag.equals(Tag.FLOAT) && text.matches("-?\\d{1,15}\\.\\d{1,15}"))
      return MAKE.numberNode(new java.math.BigDecimal(text));
    return MAKE.stringNode(text);
  }
}
