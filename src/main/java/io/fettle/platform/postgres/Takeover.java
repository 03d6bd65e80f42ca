package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the copy of a data folder that somebody else's server wrote into one of Fettle's own: its
 * log replayed to the point, its settings set aside, the superuser's and the owner's names and
 * passwords those that Fettle uses. Done by the server's single-user mode, which nobody can connect
 * to and which asks for no password.
 */
record Takeover(Cluster cluster, Path folder, Foreign foreign) {
  private static final long LIMIT_HOURS = 2;

  void run(List<String> settings, Keepsake keepsake) throws IOException {
    settle();
    Account founder = cluster.account().founder();
    Path base = cluster.base();
    try {
      own(founder);
      Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx--x--x"));
      String said = single(founder, settings, String.join("\n", statements(keepsake)) + "\n");
      if (!said.contains("archive recovery complete") || said.contains("FATAL:"))
        throw new StartRefused(
            "The log of the backup cannot be replayed (" + Cluster.complaint(said) + ").");
    } finally {
      Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx------"));
    }
    own(cluster.account());
  }

  private void settle() throws IOException {
    for (String file : List.of("postgresql.conf", "postgresql.auto.conf", "pg_ident.conf"))
      Files.writeString(folder.resolve(file), "");
    Files.writeString(folder.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
    Files.deleteIfExists(folder.resolve("standby.signal"));
    Files.writeString(folder.resolve("recovery.signal"), "");
  }

  private void own(Account account) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        boolean isFolder = Files.isDirectory(file);
        Files.setPosixFilePermissions(
            file, PosixFilePermissions.fromString(isFolder ? "rwx------" : "rw-------"));
        account.own(file);
      }
    }
  }

  /** One line each. Names go in quoted; passwords are of letters, digits, hyphens, underlines. */
  private List<String> statements(Keepsake keepsake) {
    List<String> lines = new ArrayList<>();
    boolean masterOwns = foreign.user().equals("postgres");
    lines.add("set password_encryption = 'scram-sha-256'");
    if (!masterOwns) lines.add(aside("roles", "rol", "role", "fettle", foreign.user()));
    if (!masterOwns && !foreign.user().equals("fettle"))
      lines.add("alter role " + quoted(foreign.user()) + " rename to fettle");
    lines.add(missing("postgres"));
    lines.add(missing("fettle"));
    lines.add(login("postgres", "superuser ", keepsake.masterPassword()));
    lines.add(login("fettle", "", keepsake.ownerPassword()));
    if (masterOwns) lines.add("grant postgres to fettle");
    lines.add(aside("database", "dat", "database", "fettle", foreign.database()));
    if (!foreign.database().equals("fettle"))
      lines.add("alter database " + quoted(foreign.database()) + " rename to fettle");
    lines.add("alter database fettle with allow_connections true connection limit -1");
    // Says only that it is there already, where it is.
    lines.add("create database postgres");
    return lines;
  }

  /** Somebody else's of the name that Fettle uses makes way. */
  private static String aside(String view, String prefix, String kind, String name, String ours) {
    if (ours.equals(name)) return "select 1";
    return "do $$ begin if exists (select from pg_%s where %sname = '%s') then alter %s %s rename to %s_before_restore; end if; end $$"
        .formatted(view, prefix, name, kind, name, name);
  }

  private static String missing(String role) {
    return "do $$ begin if not exists (select from pg_roles where rolname = '%s') then create role %s; end if; end $$"
        .formatted(role, role);
  }

  private static String login(String role, String more, String password) {
    return "alter role %s %slogin connection limit -1 valid until 'infinity' password '%s'"
        .formatted(role, more, password);
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private String single(Account founder, List<String> settings, String statements)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(cluster.binaries().resolve("bin/postgres").toString(), "--single"));
    command.addAll(List.of("-D", folder.toString(), "-c", "logging_collector=off"));
    for (String setting : settings) command.addAll(List.of("-c", setting));
    command.add("template1");
    Path said = Files.createTempFile("fettle-", ".out");
    Path asked = Files.createTempFile("fettle-", ".in");
    try {
      Files.writeString(asked, statements);
      ProcessBuilder builder =
          new ProcessBuilder(founder.command(command)).directory(new File("/"));
      Commands.clean(builder);
      Process process =
          builder
              .redirectErrorStream(true)
              .redirectInput(asked.toFile())
              .redirectOutput(said.toFile())
              .start();
      try {
        if (!process.waitFor(LIMIT_HOURS, TimeUnit.HOURS))
          throw new IOException("the log was not replayed within " + LIMIT_HOURS + " h");
      } finally {
        process.destroyForcibly();
      }
      return Files.readString(said, StandardCharsets.ISO_8859_1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(said);
      Files.deleteIfExists(asked);
    }
  }
}
