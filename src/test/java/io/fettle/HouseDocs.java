package io.fettle;

import io.fettle.fault.GraphDrawing;
import io.fettle.web.Allow;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.modulith.core.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.core.DependencyDepth;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * The part of the documentation that the code itself knows: rooms with their duties, arrows, front
 * doors, tables, settings and routes, and the graph of a fault.
 */
final class HouseDocs {
  private static final Path SOURCES = Path.of("src/main/java/io/fettle");
  private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");
  private static final Pattern DUTY = Pattern.compile("(?s)/\\*\\*(.*?)\\*/.*?package ");
  private static final Pattern TYPE =
      Pattern.compile(
          "(?s)(/\\*\\*(?:(?!\\*/).)*\\*/)?\\s*(?:@[A-Za-z.]+(?:\\([^)]*\\))?\\s*)*public (?:sealed |final |abstract )*(interface|record|class|enum) (\\w+)");
  private static final Pattern TABLE =
      Pattern.compile("(?i)create table (?:if not exists )?([a-z_]+\\.)?([a-z_]+)");
  private static final Pattern SETTINGS =
      Pattern.compile("ConfigurationProperties\\(\"(fettle[a-z.-]*)\"");
  private final ApplicationModules modules = ApplicationModules.of(Fettle.class);

  /** Every generated file by its path: the whole text it should have. */
  Map<Path, String> files() throws IOException {
    Map<Path, String> files = new TreeMap<>();
    Path architecture = Path.of("docs/architecture.md");
    String text = Files.readString(architecture);
    text = block(text, "rooms", rooms());
    text = block(text, "arrows", arrows());
    text = block(text, "fault-states", GraphDrawing.mermaid());
    files.put(architecture, text);
    for (ApplicationModule room : inOrder())
      files.put(Path.of("docs/rooms/" + name(room) + ".md"), page(room));
    return files;
  }

  private static String block(String text, String name, String body) {
    String begin = "<!-- generated: " + name + " -->\n";
    int from = text.indexOf(begin);
    int to = text.indexOf("<!-- end -->", from);
    if (from < 0 || to < 0) throw new IllegalStateException("no block " + name);
    return text.substring(0, from + begin.length()) + body + text.substring(to);
  }

  private List<ApplicationModule> inOrder() {
    return modules.stream()
        .filter(room -> Files.exists(folder(room).resolve("package-info.java")))
        .sorted(Comparator.comparing(HouseDocs::name))
        .toList();
  }

  /** {@code pack.bmc}. */
  private static String name(ApplicationModule room) {
    return room.getBasePackage().getName().substring("io.fettle.".length());
  }

  private static Path folder(ApplicationModule room) {
    return SOURCES.resolve(name(room).replace('.', '/'));
  }

  private String rooms() throws IOException {
    StringBuilder text = new StringBuilder("| room | duty | front door |\n| --- | --- | --- |\n");
    for (ApplicationModule room : inOrder())
      text.append(
          "| [`%s`](rooms/%s.md) | %s | %s |\n"
              .formatted(name(room), name(room), duty(room), doors(room)));
    return text.toString();
  }

  private static String duty(ApplicationModule room) throws IOException {
    Matcher duty = DUTY.matcher(Files.readString(folder(room).resolve("package-info.java")));
    return duty.find() ? plain(duty.group(1)) : "";
  }

  private static String plain(String javadoc) {
    return javadoc
        .replaceAll("(?m)^\\s*/?\\*+/?", " ")
        .replaceAll("\\{@(?:code|link) #?([^}]*)}", "`$1`")
        .replaceAll("<[^>]+>", " ")
        .replaceAll("(?s) @param .*", "")
        .replaceAll("\\s+", " ")
        .replace("|", "\\|")
        .strip();
  }

  /** Interfaces of the room that others may call. */
  private static String doors(ApplicationModule room) throws IOException {
    String doors =
        types(room, false).stream()
            .filter(t -> t.kind().equals("interface"))
            .map(t -> "`" + t.name() + "`")
            .collect(Collectors.joining(", "));
    return doors.isEmpty() ? "–" : doors;
  }

  private String arrows() {
    StringBuilder text = new StringBuilder("```mermaid\nflowchart BT\n");
    for (ApplicationModule room : inOrder())
      room.getDependencies(modules, DependencyDepth.IMMEDIATE).stream()
          .map(d -> name(d.getTargetModule()))
          .filter(target -> !List.of("kernel", "web", "audit").contains(target))
          .filter(target -> !target.equals(name(room)))
          .distinct()
          .sorted()
          .forEach(target -> text.append("  %s --> %s\n".formatted(id(name(room)), id(target))));
    return text.append("```\n").toString();
  }

  private static String id(String name) {
    return name.contains(".") ? name.replace('.', '_') + "[" + name + "]" : name;
  }

  private record Type(String kind, String name, String says) {}

  private static List<Type> types(ApplicationModule room, boolean below) throws IOException {
    List<Type> types = new ArrayList<>();
    try (Stream<Path> files = below ? Files.walk(folder(room)) : Files.list(folder(room))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        Matcher type = TYPE.matcher(Files.readString(file));
        String own = file.getFileName().toString().replace(".java", "");
        while (type.find())
          if (type.group(3).equals(own))
            types.add(
                new Type(
                    type.group(2),
                    own,
                    sentence(Optional.ofNullable(type.group(1)).map(HouseDocs::plain).orElse(""))));
      }
    }
    return types;
  }

  private static String sentence(String text) {
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private String page(ApplicationModule room) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("# Room `").append(name(room)).append("`\n").append(duty(room)).append("\n");
    String uses =
        room.getDependencies(modules, DependencyDepth.IMMEDIATE).stream()
            .map(d -> "`" + name(d.getTargetModule()) + "`")
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    text.append("\nUses: ").append(uses.isEmpty() ? "nothing" : uses).append(".\n");
    section(
        text,
        "Front door",
        types(room, false).stream()
            .map(t -> "- `%s` (%s) %s".formatted(t.name(), t.kind(), t.says()).strip())
            .toList());
    section(text, "Tables", tables(room));
    section(text, "Settings", settings(room));
    section(text, "Routes", routes(room));
    return text.append("\nWritten by `HouseDocsTest` from the code; do not edit.\n").toString();
  }

  private static void section(StringBuilder text, String title, List<String> lines) {
    if (lines.isEmpty()) return;
    text.append("\n## ").append(title).append('\n');
    lines.forEach(line -> text.append(line).append('\n'));
  }

  private static List<String> tables(ApplicationModule room) throws IOException {
    Path folder = MIGRATIONS.resolve(name(room));
    List<String> tables = new ArrayList<>();
    if (!Files.isDirectory(folder)) return tables;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        Matcher table = TABLE.matcher(Files.readString(file));
        while (table.find()) tables.add("- `" + table.group(2) + "`");
      }
    }
    return tables.stream().distinct().toList();
  }

  private static List<String> settings(ApplicationModule room) throws IOException {
    return found(room, SETTINGS, m -> "- `" + m.group(1) + ".*`, see `conf/fettle.yml`");
  }

  private interface Line {
    String of(Matcher match);
  }

  private static List<String> found(ApplicationModule room, Pattern pattern, Line line)
      throws IOException {
    List<String> lines = new ArrayList<>();
    for (String source : sources(room)) {
      Matcher match = pattern.matcher(source);
      while (match.find()) lines.add(line.of(match));
    }
    return lines.stream().distinct().sorted().toList();
  }

  private static List<String> sources(ApplicationModule room) throws IOException {
    List<String> sources = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder(room))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList())
        sources.add(Files.readString(file));
    }
    return sources;
  }

  /** Who may call what, from the annotations that the server itself obeys. */
  private static List<String> routes(ApplicationModule room) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Class<?> type : classes(room))
      for (Method method : type.getDeclaredMethods()) {
        RequestMapping route =
            AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
        if (route == null) continue;
        RequestMapping head =
            AnnotatedElementUtils.findMergedAnnotation(type, RequestMapping.class);
        String prefix = head == null || head.path().length == 0 ? "" : head.path()[0];
        String[] paths = route.path().length == 0 ? new String[] {""} : route.path();
        List<String> verbs = Stream.of(route.method()).map(Enum::name).toList();
        for (String path : paths)
          lines.add(
              "- `%s %s` – %s"
                  .formatted(
                      verbs.isEmpty() ? "any" : String.join("/", verbs),
                      prefix + path,
                      who(method, type)));
      }
    return lines.stream().distinct().sorted().toList();
  }

  private static List<Class<?>> classes(ApplicationModule room) throws IOException {
    Path root = Path.of("src/main/java");
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder(room))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        String name = root.relativize(file).toString().replace('/', '.').replace(".java", "");
        if (!name.endsWith("-info"))
          types.add(Class.forName(name, false, Fettle.class.getClassLoader()));
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    return types;
  }

  private static String who(Method method, Class<?> type) {
    Allow allow = AnnotatedElementUtils.findMergedAnnotation(method, Allow.class);
    if (allow == null) allow = AnnotatedElementUtils.findMergedAnnotation(type, Allow.class);
    if (allow == null) return "nobody";
    if (allow.everyone()) return "everybody";
    if (allow.value().length == 0) return "anybody signed in";
    return Stream.of(allow.value())
        .map(role -> role.name().toLowerCase(java.util.Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}
