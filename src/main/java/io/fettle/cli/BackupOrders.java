package io.fettle.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Backups of Fettle itself; the folders are those of the server's machine. */
final class BackupOrders {
  private BackupOrders() {}

  private static String full(@Nullable Path folder) {
    return folder == null ? "" : folder.toAbsolutePath().normalize().toString();
  }

  private static String megabytes(Json bytes) {
    return "%.1f MB".formatted(bytes.number() / 1e6);
  }

  @Command(
      name = "backup",
      description = "Takes a backup of Fettle itself while it works.",
      subcommands = {Listing.class, Verify.class, Key.class, Targets.class})
  static final class Take extends Order {
    @Parameters(
        paramLabel = "DIR",
        arity = "0..1",
        description = "Folder on the server's machine; default: that of the scheduled backups.")
    @Nullable Path folder;

    @Override
    Server.Answer ask(Server server) {
      return BackupWait.begin(server, "backups", Map.of("folder", full(folder)), json);
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(
          Words.say(
                  "备份 %s 已完成：%s 个文件，%s，新写入 %s（%s）",
                  "Backup %s is made: %s files, %s, %s of it new (%s)")
              .formatted(
                  answer.get("backup").text(),
                  answer.get("files").text(),
                  megabytes(answer.get("bytes")),
                  megabytes(answer.get("stored")),
                  answer.get("folder").text()));
    }
  }

  @Command(name = "list", description = "The backups in a folder, newest first.")
  static final class Listing extends Order {
    @Parameters(paramLabel = "DIR", arity = "0..1")
    @Nullable Path folder;

    @Override
    Server.Answer ask(Server server) {
      return server.get("backups", "folder", full(folder));
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("ID", "BEGUN", "FILES", "SIZE", "NEW", "SECONDS", "KEY"),
          answer.rows().stream()
              .map(b ->
                  List.of(
                      b.get("id").text(),
                      b.get("at").text(),
                      b.get("files").text(),
                      megabytes(b.get("bytes")),
                      megabytes(b.get("stored")),
                      b.get("seconds").text(),
                      b.get("key").text()))
              .toList());
      for (Json id : answer.get("damaged").items())
        screen.line(Words.say("清单已损坏：", "its manifest is damaged: ") + id.text());
    }
  }

  @Command(
      name = "targets",
      description = "Places off this machine that the scheduled backups go to, and how they stand.")
  static final class Targets extends Order {
    @Override
    Server.Answer ask(Server server) {
      return server.get("backups/targets");
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("NAME", "WHERE", "NEWEST", "BROUGHT", "KEPT", "BEHIND SINCE", "WHY"),
          answer.rows().stream()
              .map(t ->
                  List.of(
                      t.get("name").text(),
                      t.get("url").text(),
                      t.get("backup").text(),
                      t.get("done_at").text(),
                      t.get("kept").text(),
                      t.get("behind_since").text(),
                      t.get("busy").isTrue() ? Words.say("正在复制", "copying") : t.get("why").text()))
              .toList());
    }
  }

  @Command(
      name = "verify",
      description = "Restores a backup into a throw-away database and compares every table.")
  static final class Verify extends Order {
    @Parameters(paramLabel = "DIR", arity = "0..1")
    @Nullable Path folder;

    @Option(names = "--at", paramLabel = "ID", description = "Another than the newest.")
    String id = "";

    @Override
    Server.Answer ask(Server server) {
      Map<String, ?> wish = Map.of("folder", full(folder), "backup", id);
      return BackupWait.begin(server, "backups/verifications", wish, json);
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(
          Words.say("备份 %s 可以恢复：%s 行与备份时一致", "Backup %s restores: %s rows are what they were")
              .formatted(answer.get("backup").text(), answer.get("rows").text()));
    }
  }

  @Command(
      name = "key",
      description = "Writes the keys that a restore needs to files of your own (0600).")
  static final class Key extends Order {
    @Parameters(paramLabel = "FILE", description = "For the key of the backups.")
    Path file = Path.of("");

    @Option(
        names = "--master-key",
        paramLabel = "FILE",
        description = "For the key of the machines' credentials, which is in no backup.")
    @Nullable Path masterKey;

    /** Keys go over no network: they are read where they lie. */
    @Override
    public Integer call() {
      if (server != null)
        throw Refused.because(
            Words.say(
                "backup key 只在运行 Fettle 的机器上执行",
                "backup key acts on this machine only; run it where Fettle runs"));
      Map<String, String> written = new LinkedHashMap<>();
      written.put("key", export("backup.key", file));
      if (masterKey != null) written.put("master_key", export("master.key", masterKey));
      if (json) System.out.println(Json.write(written));
      else written.values().forEach(name -> terminal().line(name));
      System.out.flush();
      return 0;
    }

    private String export(String name, Path to) {
      Path from = Path.of(environment.getOrDefault("FETTLE_HOME", "data")).resolve(name);
      try {
        String text = Files.readString(from);
        Files.createFile(
            to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(to, text);
        return to.toAbsolutePath().toString();
      } catch (NoSuchFileException e) {
        boolean ours = from.toString().equals(e.getFile());
        throw Refused.because(
            ours
                ? Words.say(
                    "没有 " + from + "：在运行 Fettle 的目录执行，或设置 FETTLE_HOME",
                    "there is no " + from + ": run it where Fettle runs, or set FETTLE_HOME")
                : Words.say(
                    "目录不存在：" + to.toAbsolutePath().getParent(),
                    "there is no folder " + to.toAbsolutePath().getParent() + ": make it first"));
      } catch (FileAlreadyExistsException e) {
        throw Refused.because(
            Words.say(to + " 已存在，不会覆盖", to + " exists already and is not overwritten"));
      } catch (IOException e) {
        throw Refused.because(
            Words.say(
                "无法把 " + from + " 写到 " + to + "：" + e,
                "cannot copy " + from + " to " + to + " (" + e + ")"));
      }
    }

    @Override
    Server.Answer ask(Server asked) {
      throw new IllegalStateException("asks no server");
    }

    @Override
    void show(Json answer, Screen screen) {}
  }
}
