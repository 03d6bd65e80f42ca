package io.fettle.platform;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * {@code conf/fettle.yml}, read with the line of every key. Keys are written as {@code room: name:}
 * and become {@code fettle.room.name}.
 */
final class ConfFile {
  /** One value and the line (from 1) that says it. */
  record Entry(String value, int line) {}

  private ConfFile() {}

  /**
   * All entries in file order; empty when the file is absent or holds only comments.
   *
   * @throws StartRefused when it is not YAML, naming line and column
   */
  static Map<String, Entry> read(Path file) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    if (!Files.exists(file)) return entries;
    try (Reader reader = Files.newBufferedReader(file)) {
      Node root = new Yaml(new LoaderOptions()).compose(reader);
      if (root instanceof MappingNode mapping) walk("fettle", mapping, entries);
      else if (root != null) throw refuse(file, line(root), "expected 'room:' lines");
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw refuse(file, line, e.getProblem());
    } catch (IOException e) {
      throw new StartRefused(file + " cannot be read (" + e + "); make it readable.", e);
    }
    return entries;
  }

  private static void walk(String at, Node node, Map<String, Entry> entries) {
    switch (node) {
      case MappingNode mapping -> {
        for (NodeTuple tuple : mapping.getValue()) {
          String key = ((ScalarNode) tuple.getKeyNode()).getValue();
          walk(at + "." + key, tuple.getValueNode(), entries);
        }
      }
      case SequenceNode list -> {
        int i = 0;
        for (Node item : list.getValue()) walk(at + "[" + i++ + "]", item, entries);
      }
      case ScalarNode scalar -> entries.put(at, new Entry(scalar.getValue(), line(node)));
      default -> throw new IllegalArgumentException("unexpected " + node);
    }
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static StartRefused refuse(Path file, int line, String why) {
    return new StartRefused(
        file + " line " + line + ": " + why + "; correct the line and start again.");
  }
}
