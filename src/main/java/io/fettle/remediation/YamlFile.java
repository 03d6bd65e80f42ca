package io.fettle.remediation;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One YAML document that remembers where each value stands, so that every complaint names file,
 * line and column. No tags, no aliases beyond a handful, no objects: plain values only.
 */
final class YamlFile {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private final String name;
  private final JsonNode root;
  private final Map<String, Mark> places;

  private YamlFile(String name, JsonNode root, Map<String, Mark> places) {
    this.name = name;
    this.root = root;
    this.places = places;
  }

  /**
   * Reads and checks a text.
   *
   * @throws BadFile with every complaint
   */
  static YamlFile read(String name, String text, Schema schema) {
    YamlFile file = parse(name, text);
    List<String> complaints = new ArrayList<>();
    for (Error error : schema.validate(file.root)) complaints.add(file.complaint(error));
    if (!complaints.isEmpty()) throw new BadFile(complaints);
    return file;
  }

  JsonNode root() {
    return root;
  }

  String name() {
    return name;
  }

  /** A complaint at this JSON pointer, for what the schema cannot know. */
  BadFile bad(String pointer, String why) {
    return new BadFile(List.of(at(pointer) + ": " + why));
  }

  private String complaint(Error error) {
    String pointer = pointer(String.valueOf(error.getInstanceLocation()));
    String property = error.getProperty();
    boolean unknown = "additionalProperties".equals(error.getKeyword()) && property != null;
    String place = unknown ? pointer + "/" + property : pointer;
    String what = unknown ? "unknown key '" + property + "'" : String.valueOf(error.getMessage());
    return at(place) + ": " + (pointer.isEmpty() ? "" : pointer.substring(1) + ": ") + what;
  }

  /** The validator writes locations as {@code /a/0/b} or {@code $.a[0].b}; both are understood. */
  private static String pointer(String location) {
    if (!location.startsWith("$")) return location;
    return location.substring(1).replace("[", "/").replace("]", "").replace(".", "/");
  }

  private String at(String pointer) {
    String p = pointer;
    while (!places.containsKey(p) && p.contains("/")) p = p.substring(0, p.lastIndexOf('/'));
    Mark mark = places.get(p);
    return mark == null ? name : name + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }

  private static YamlFile parse(String name, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(10);
    options.setNestingDepthLimit(20);
    options.setCodePointLimit(256 * 1024);
    try {
      Node node = new Yaml(options).compose(new java.io.StringReader(text));
      if (node == null) throw new BadFile(List.of(name + ":1:1: the file is empty"));
      Map<String, Mark> places = new HashMap<>();
      return new YamlFile(name, json(name, node, "", places), places);
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      String at = mark == null ? "1:1" : (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
      throw new BadFile(List.of(name + ":" + at + ": " + e.getProblem()));
    } catch (org.yaml.snakeyaml.error.YAMLException e) {
      throw new BadFile(List.of(name + ":1:1: " + e.getMessage()));
    }
  }

  private static JsonNode json(String file, Node node, String pointer, Map<String, Mark> places) {
    places.putIfAbsent(pointer, node.getStartMark());
    return switch (node) {
      case MappingNode mapping -> object(file, mapping, pointer, places);
      case SequenceNode sequence -> {
        var array = JSON.arrayNode();
        int i = 0;
        for (Node item : sequence.getValue())
          array.add(json(file, item, pointer + "/" + i++, places));
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new BadFile(List.of(file + ": unexpected " + node.getTag()));
    };
  }

  private static ObjectNode object(
      String file, MappingNode mapping, String pointer, Map<String, Mark> places) {
    ObjectNode object = JSON.objectNode();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key))
        throw new BadFile(List.of(file + ": a key must be a plain text"));
      String child = pointer + "/" + key.getValue();
      Mark at = key.getStartMark();
      if (object.has(key.getValue()))
        throw new BadFile(
            List.of(
                file
                    + ":"
                    + (at.getLine() + 1)
                    + ":"
                    + (at.getColumn() + 1)
                    + ": key '"
                    + key.getValue()
                    + "' stands here twice"));
      places.put(child, at);
      object.set(key.getValue(), json(file, tuple.getValueNode(), child, places));
    }
    return object;
  }

  private static JsonNode scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    try {
      if (tag.equals(Tag.INT)) return JSON.numberNode(Long.decode(text.replace("_", "")));
      if (tag.equals(Tag.FLOAT)) return JSON.numberNode(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return JSON.stringNode(text);
    }
    if (tag.equals(Tag.BOOL)) return JSON.booleanNode(isTrue(text));
    return tag.equals(Tag.NULL) ? JSON.nullNode() : JSON.stringNode(text);
  }

  private static boolean isTrue(String text) {
    return List.of("true", "yes", "on").contains(text.toLowerCase(java.util.Locale.ROOT));
  }

  /** A file that cannot be taken; one line per complaint: {@code file:line:column: why}. */
  static final class BadFile extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<String> complaints;

    BadFile(List<String> complaints) {
      super(String.join("\n", complaints));
      this.complaints = List.copyOf(complaints);
    }

    List<String> complaints() {
      return complaints;
    }
  }
}
