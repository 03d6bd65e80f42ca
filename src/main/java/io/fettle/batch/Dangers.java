package io.fettle.batch;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What makes a command dangerous: patterns as data, Fettle's own and those of the site's folder. A
 * guard against haste, not against malice. A file that cannot be read stops new jobs rather than
 * guard nothing.
 */
final class Dangers {
  private static final int MOST_BYTES = 256 * 1024;
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(resource("/schema/dangers.schema.json"), InputFormat.JSON);

  private record Rule(String name, Label label, Pattern pattern) {}

  private final Path folder;
  private final List<Rule> own;

  Dangers(Path folder) {
    this.folder = folder;
    this.own = rules("batch/dangers.yml", resource("/batch/dangers.yml"));
  }

  /** As {@link #in(Collection)}, of one text. */
  List<Jobs.Danger> in(String text) {
    return in(List.of(text));
  }

  /**
   * The patterns that some of these texts match, in their order; the files are read once for all.
   *
   * @throws Problem 409 while a file of the site cannot be taken
   */
  List<Jobs.Danger> in(Collection<String> texts) {
    List<Rule> rules = new ArrayList<>(own);
    site().forEach(file -> rules.addAll(rules(file.toString(), read(file))));
    return rules.stream()
        .filter(rule -> texts.stream().anyMatch(text -> rule.pattern().matcher(text).find()))
        .map(rule -> new Jobs.Danger(rule.name(), rule.label()))
        .toList();
  }

  private List<Path> site() {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(".yml") || f.toString().endsWith(".yaml"))
          .sorted()
          .limit(200)
          .toList();
    } catch (IOException e) {
      throw bad(folder.toString(), e.toString());
    }
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) throw bad(file.toString(), "larger than 256 KiB");
      return Files.readString(file);
    } catch (IOException e) {
      throw bad(file.toString(), e.toString());
    }
  }

  private static List<Rule> rules(String file, String text) {
    List<Rule> rules = new ArrayList<>();
    JsonNode root = parsed(file, text);
    SCHEMA.validate(root).stream()
        .findFirst()
        .ifPresent(error -> {
          throw bad(file, error.getInstanceLocation() + " " + error.getMessage());
        });
    for (JsonNode one : root.get("patterns")) {
      String name = one.get("name").asString();
      try {
        Pattern pattern =
            Pattern.compile(
                one.get("regex").asString(), Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
        JsonNode label = one.get("label");
        rules.add(
            new Rule(
                name, new Label(label.get("zh").asString(), label.get("en").asString()), pattern));
      } catch (PatternSyntaxException e) {
        throw bad(file, name + ": " + e.getDescription());
      }
    }
    return rules;
  }

  private static JsonNode parsed(String file, String text) {
    try {
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      options.setMaxAliasesForCollections(10);
      Object tree = new Yaml(new SafeConstructor(options)).load(text);
      return JsonMapper.shared().valueToTree(tree);
    } catch (YAMLException e) {
      throw bad(file, String.valueOf(e.getMessage()));
    }
  }

  private static Problem bad(String file, String why) {
    String words = why.length() > 300 ? why.substring(0, 300) : why;
    return Problem.conflict(
        "危险命令规则文件有误，改好之前不能开始作业：" + file + "：" + words,
        "A file of dangerous patterns is wrong, no job starts until it is put right: "
            + file
            + ": "
            + words);
  }

  private static String resource(String name) {
    try (InputStream in = Dangers.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
