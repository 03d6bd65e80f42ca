package io.fettle.monitoring;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Problem.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A check's YAML text, read with the place of each value, so that a complaint names it. */
final class CheckFile {
  private static final int MOST_BYTES = 64 * 1024;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(schemaText(), InputFormat.JSON);

  private final String name;
  private final Map<String, Mark> places = new HashMap<>();

  private CheckFile(String name) {
    this.name = name;
  }

  /**
   * Reads one check.
   *
   * @param name of the file, for complaints
   * @throws Problem 422, one complaint per fault: {@code file:line:column} and why
   */
  static DataCheck read(String name, String text) {
    CheckFile file = new CheckFile(name);
    JsonNode root = file.parse(text);
    List<Fault> complaints =
        SCHEMA.validate(root).stream().map(file::complaint).distinct().limit(20).toList();
    if (!complaints.isEmpty()) throw bad(complaints);
    return DataCheck.of(root, (pointer, why) -> bad(List.of(file.fault(pointer, why))));
  }

  private JsonNode parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(5);
    options.setNestingDepthLimit(20);
    options.setCodePointLimit(MOST_BYTES);
    try {
      Node node = new Yaml(options).compose(new StringReader(text));
      if (node == null) throw bad(List.of(fault("", Label.same("empty / 空文件"))));
      return json(node, "");
    } catch (MarkedYAMLException e) {
      throw bad(List.of(at(e.getProblemMark(), Label.same(String.valueOf(e.getProblem())))));
    } catch (YAMLException e) {
      throw bad(List.of(at(null, Label.same(String.valueOf(e.getMessage())))));
    }
  }

  private JsonNode json(Node node, String pointer) {
    places.putIfAbsent(pointer, node.getStartMark());
    return switch (node) {
      case MappingNode mapping -> object(mapping, pointer);
      case SequenceNode sequence -> array(sequence, pointer);
      case ScalarNode scalar -> scalar(scalar);
      default -> throw bad(List.of(fault(pointer, Label.same("unexpected " + node.getTag()))));
    };
  }

  private ObjectNode object(MappingNode mapping, String pointer) {
    ObjectNode object = JSON.objectNode();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key))
        throw bad(List.of(at(tuple.getKeyNode().getStartMark(), Label.same("key must be text"))));
      String child = pointer + "/" + key.getValue();
      if (places.containsKey(child))
        throw bad(
            List.of(
                at(
                    key.getStartMark(),
                    new Label("键重复：" + key.getValue(), "duplicate key: " + key.getValue()))));
      places.put(child, key.getStartMark());
      object.set(key.getValue(), json(tuple.getValueNode(), child));
    }
    return object;
  }

  private ArrayNode array(SequenceNode sequence, String pointer) {
    ArrayNode array = JSON.arrayNode();
    int i = 0;
    for (Node item : sequence.getValue()) array.add(json(item, pointer + "/" + i++));
    return array;
  }

  private static JsonNode scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.INT) && text.matches("-?[0-9]{1,9}"))
      return JSON.numberNode(Integer.parseInt(text));
    if (tag.equals(Tag.BOOL)) return JSON.booleanNode(text.equalsIgnoreCase("true"));
    return tag.equals(Tag.NULL) ? JSON.nullNode() : JSON.stringNode(text);
  }

  private Fault complaint(Error error) {
    String pointer = pointer(String.valueOf(error.getInstanceLocation()));
    String property = error.getProperty();
    boolean unknown = "additionalProperties".equals(error.getKeyword()) && property != null;
    if (unknown)
      return fault(
          pointer + "/" + property, new Label("未知的键：" + property, "unknown key: " + property));
    return fault(pointer, Label.same(pointer + " " + error.getMessage()));
  }

  private static String pointer(String location) {
    if (!location.startsWith("$")) return location;
    return location.substring(1).replace("[", "/").replace("]", "").replace(".", "/");
  }

  private Fault fault(String pointer, Label why) {
    String place = pointer;
    while (!places.containsKey(place) && place.contains("/"))
      place = place.substring(0, place.lastIndexOf('/'));
    return at(places.get(place), why);
  }

  private Fault at(@Nullable Mark mark, Label why) {
    int line = mark == null ? 1 : mark.getLine() + 1;
    int column = mark == null ? 1 : mark.getColumn() + 1;
    return new Fault(name + ":" + line + ":" + column, "", why);
  }

  private static Problem bad(List<Fault> complaints) {
    List<Fault> all = new ArrayList<>(complaints);
    Fault first = all.getFirst();
    Label title =
        new Label(
            "检查定义有误：" + first.field() + " " + first.reason().zh(),
            "The check is wrong: " + first.field() + " " + first.reason().en());
    return new Problem(422, "bad-check", title, all);
  }

  private static String schemaText() {
    try (InputStream in = CheckFile.class.getResourceAsStream("/schema/check.schema.json")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
