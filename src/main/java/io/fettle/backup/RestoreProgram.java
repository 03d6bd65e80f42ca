package io.fettle.backup;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.Label;
import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./fettle restore}: needs no server. Exit codes as those of every command. */
@Command(
    name = "fettle restore",
    description = "Brings a backup back into an empty FETTLE_HOME; then './fettle up' starts it.")
public final class RestoreProgram {
  private static final int REFUSED = 1;
  private static final int USAGE = 2;

  @Parameters(paramLabel = "DIR", description = "The folder of the backups.")
  Path folder = Path.of("");

  @Option(names = "--at", paramLabel = "ID", description = "Another than the newest.")
  String id = "";

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The backup key; or its text in FETTLE_BACKUP_KEY.")
  @Nullable Path key;

  @Option(
      names = "--master-key",
      paramLabel = "FILE",
      description = "The master key of credentials; or its text in FETTLE_MASTER_KEY.")
  @Nullable Path masterKey;

  @Option(
      names = "--database",
      paramLabel = "own|outside",
      description =
          "Of a PostgreSQL that you run: 'own' makes it Fettle's own, 'outside' lays its files out for you.")
  Restoring.@Nullable Into into;

  @Option(names = "--json", description = "One JSON document on standard output, nothing else.")
  boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true)
  boolean help;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private int shown = -1;
  private String step = "";

  RestoreProgram(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  static void main(String[] arguments) {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    System.exit(run(System.getenv(), System.out, System.err, arguments));
  }

  /** Runs one command line and gives its exit code. */
  static int run(
      Map<String, String> environment, PrintStream out, PrintStream err, String... arguments) {
    RestoreProgram program = new RestoreProgram(environment, out, err);
    CommandLine line = new CommandLine(program).setCaseInsensitiveEnumValuesAllowed(true);
    try {
      line.parseArgs(arguments);
    } catch (CommandLine.ParameterException e) {
      program.json = java.util.List.of(arguments).contains("--json");
      return program.fail(e.getMessage() + "; see './fettle help'", USAGE);
    }
    if (program.help) {
      line.usage(out);
      return 0;
    }
    try {
      program.restore();
      return 0;
    } catch (BackupRefused e) {
      return program.fail(program.say(e.why()), REFUSED);
    } catch (StartRefused e) {
      return program.fail(e.sentence(), REFUSED);
    } catch (OutOfMemoryError e) {
      return program.fail(
          "The restore needs more memory than it has: FETTLE_HEAP=2g ./fettle restore …", REFUSED);
    } catch (IOException | SQLException | RuntimeException e) {
      return program.fail("The restore failed (" + e + ").", REFUSED);
    }
  }

  private void restore() throws IOException, SQLException {
    Path home = path("FETTLE_HOME", "data");
    Path conf = path("FETTLE_CONF", "conf/fettle.yml");
    Restoring restoring = new Restoring(home, conf, path("FETTLE_ROOT", ""), this::at);
    Restoring.Done done =
        restoring.from(
            folder.toAbsolutePath().normalize(),
            id,
            new Restoring.Keys(
                given(key, "FETTLE_BACKUP_KEY"), given(masterKey, "FETTLE_MASTER_KEY")),
            into);
    if (json) out.println(document(home, done));
    else
      done.setAside()
          .forEach(file -> err.println(say(new Label("原有配置保留为 " + file, "kept beside: " + file))));
    if (!json) out.println(say(words(home, done)));
    out.flush();
  }

  private Label words(Path home, Restoring.Done done) {
    Head head = done.manifest().head();
    Comparison same = done.comparison().orElse(null);
    if (same == null) {
      Label next = OutsideFolder.next(home, done.manifest());
      return new Label(
          "已恢复 %s（%s）到 %s。%s".formatted(head.id(), head.at(), home, next.zh()),
          "Restored %s (%s) to %s. %s".formatted(head.id(), head.at(), home, next.en()));
    }
    boolean foreign = done.manifest().outside() != null;
    return new Label(
        "已恢复 %s（%s）到 %s：%d 张表、%d 行与备份一致。%s用 './fettle up' 启动。"
            .formatted(
                head.id(),
                head.at(),
                home,
                same.tables(),
                same.rows(),
                foreign
                    ? "数据库现在由 Fettle 自己运行：请先去掉 conf/fettle.yml 中的 platform.database-url、-user、-password（和 FETTLE_DB_* 变量），再"
                    : ""),
        "Restored %s (%s) to %s: %d tables with %d rows are what the backup says. %sStart it with './fettle up'."
            .formatted(
                head.id(),
                head.at(),
                home,
                same.tables(),
                same.rows(),
                foreign
                    ? "Fettle now runs the database itself: first take platform.database-url, -user and -password out of conf/fettle.yml (and unset FETTLE_DB_*). "
                    : ""));
  }

  private static String document(Path home, Restoring.Done done) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("backup", done.manifest().head().id());
    document.put("at", done.manifest().head().at().toString());
    document.put("home", home.toString());
    done.comparison()
        .ifPresent(same -> {
          document.put("tables", same.tables());
          document.put("rows", same.rows());
        });
    if (done.comparison().isEmpty()) {
      document.put("database", OutsideFolder.in(home).toString());
      document.put("next", OutsideFolder.next(home, done.manifest()).en());
    }
    document.put("files", done.manifest().head().files());
    document.put("set_aside", done.setAside());
    return JsonMapper.shared().writeValueAsString(document);
  }

  private Path path(String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return Path.of(value.isBlank() ? otherwise : value).toAbsolutePath().normalize();
  }

  private String given(@Nullable Path file, String variable) throws IOException {
    if (file == null) {
      String text = environment.getOrDefault(variable, "");
      if (text.isBlank() && variable.equals("FETTLE_BACKUP_KEY"))
        throw new BackupRefused(
            "请用 --key 给出备份密钥文件（由 './fettle backup key' 导出），或设置 FETTLE_BACKUP_KEY。",
            "Give the backup key's file with --key ('./fettle backup key' exported it), or its text in FETTLE_BACKUP_KEY.");
      return text;
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new BackupRefused(
          "读不到密钥文件 " + file + "（" + e + "）。", "The key " + file + " cannot be read (" + e + ").");
    }
  }

  /** One line for each step, and one for each tenth of a long one. */
  private void at(Label what, long done, long total) {
    if (json) return;
    int tenth = total == 0 ? 0 : (int) (10 * done / total);
    if (say(what).equals(step) && tenth <= shown) return;
    step = say(what);
    shown = tenth;
    err.println(total == 0 ? "  " + step : "  %3d %%  %s".formatted(10 * tenth, step));
  }

  private int fail(String sentence, int code) {
    err.println("fettle: " + sentence);
    if (json) out.println(JsonMapper.shared().writeValueAsString(Map.of("title", sentence)));
    out.flush();
    return code;
  }

  private String say(Label words) {
    return words.in(Locale.getDefault());
  }
}
