package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** A data folder and the programs that serve it: makes it, checks it, starts its server. */
record Cluster(Path base, Path binaries, Account account) {
  Path data() {
    return base.resolve("data");
  }

  Path startLog() {
    return base.resolve("start.log");
  }

  boolean exists() {
    return Files.exists(data().resolve("PG_VERSION"));
  }

  /** Refuses data of another major version. */
  void checkVersion() throws IOException {
    String version = Files.readString(data().resolve("PG_VERSION")).strip();
    if (!version.equals("" + Binaries.MAJOR))
      throw new StartRefused(
          "The database in "
              + data()
              + " is of PostgreSQL "
              + version
              + " and this Fettle runs PostgreSQL "
              + Binaries.MAJOR
              + "; start it with the Fettle that made it and export it, or name another folder with"
              + " FETTLE_HOME.");
  }

  /** Makes the data folder beside its place and moves it there whole. */
  void init(String masterPassword, boolean durable) throws IOException {
    Account founder = account.founder();
    Path fresh = base.resolve("data.new");
    Path password = base.resolve("password.new");
    FileSystemUtils.deleteRecursively(fresh);
    Files.deleteIfExists(password);
    try {
      Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx--x--x"));
      Files.createFile(password, mode("rw-------"));
      Files.writeString(password, masterPassword);
      Files.createDirectory(fresh, mode("rwx------"));
      founder.own(password);
      founder.own(fresh);
      run(founder.command(initdb(fresh, password, durable)));
    } finally {
      Files.deleteIfExists(password);
      Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx------"));
    }
    try (Stream<Path> files = Files.walk(fresh)) {
      for (Path file : files.toList()) account.own(file);
    }
    Files.writeString(fresh.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
    Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private List<String> initdb(Path folder, Path password, boolean durable) {
    return List.of(
        program("initdb"),
        "--pgdata=" + folder,
        "--username=postgres",
        "--pwfile=" + password,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
        "--no-instructions",
        durable ? "--sync-method=fsync" : "--no-sync");
  }

  private void run(List<String> command) throws IOException {
    Commands.Result result = Commands.run(command);
    if (!result.ok())
      throw new StartRefused(
          "PostgreSQL could not make its data folder in "
              + base
              + " ("
              + complaint(result.output())
              + "); make room or access there, or name another folder with FETTLE_HOME.");
  }

  /** The line of a program's output that says what is wrong. */
  static String complaint(String output) {
    List<String> lines = output.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    return lines.stream()
        .filter(l -> l.contains("FATAL:") || l.contains("PANIC:") || l.contains("error:"))
        .findFirst()
        .orElse(lines.isEmpty() ? "no output" : lines.getLast());
  }

  /** Starts the server; it detaches from Fettle's terminal but not from its care. */
  Process start(int port, List<String> extra) throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid", program("postgres")));
    command.addAll(List.of("-D", data().toString(), "-p", "" + port, "-h", "127.0.0.1"));
    set(command, "unix_socket_directories", "");
    set(command, "max_connections", "80");
    set(command, "shared_buffers", "96MB");
    set(command, "max_wal_size", "512MB");
    set(command, "password_encryption", "scram-sha-256");
    set(command, "timezone", "UTC");
    set(command, "log_timezone", "UTC");
    set(command, "logging_collector", "on");
    set(command, "log_directory", base.resolve("log").toString());
    set(command, "log_filename", "postgres-%a.log");
    set(command, "log_truncate_on_rotation", "on");
    set(command, "log_rotation_age", "1d");
    set(command, "log_checkpoints", "off");
    set(command, "log_min_error_statement", "panic");
    set(command, "log_parameter_max_length_on_error", "0");
    set(command, "idle_in_transaction_session_timeout", "60s");
    for (String setting : extra) command.addAll(List.of("-c", setting));
    ProcessBuilder builder = new ProcessBuilder(account.command(command)).directory(new File("/"));
    Commands.clean(builder);
    // A backend that once handled megabytes gives them back, instead of keeping them for ever: by
    // itself glibc raises both limits with what it has seen (mallopt(3)).
    builder.environment().put("MALLOC_TRIM_THRESHOLD_", "262144");
    builder.environment().put("MALLOC_MMAP_THRESHOLD_", "262144");
    return builder.redirectErrorStream(true).redirectOutput(startLog().toFile()).start();
  }

  /** Fast shutdown, then an immediate one: the next start recovers from the log. */
  void stop(ProcessHandle server) throws IOException {
    if (!server.isAlive()) return;
    signal("INT", server);
    if (ended(server, 25)) return;
    signal("QUIT", server);
    if (ended(server, 10)) return;
    server.destroyForcibly();
    ended(server, 5);
  }

  private static void signal(String name, ProcessHandle server) throws IOException {
    Commands.run(List.of("kill", "-" + name, "" + server.pid()));
  }

  private static boolean ended(ProcessHandle server, int seconds) {
    try {
      server.onExit().get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException | ExecutionException e) {
      Thread.currentThread().interrupt();
      return !server.isAlive();
    }
  }

  /** What the server said before it ended, from its log or, before it had one, its output. */
  String lastWords() throws IOException {
    Path log = base.resolve("log");
    if (Files.isDirectory(log)) {
      try (Stream<Path> files = Files.list(log)) {
        Optional<Path> newest = files.max(Comparator.comparing(f -> f.toFile().lastModified()));
        if (newest.isPresent() && Files.size(newest.get()) > 0) {
          List<String> lines = tail(newest.get());
          return complaint(String.join("\n", lines.reversed()));
        }
      }
    }
    return Files.exists(startLog()) ? complaint(Files.readString(startLog())) : "no output";
  }

  private static List<String> tail(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(Math.max(0, in.length() - 4_000));
      byte[] end = new byte[(int) Math.min(4_000, in.length())];
      in.readFully(end);
      return new String(end, StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static void set(List<String> command, String name, String value) {
    command.add("-c");
    command.add(name + "=" + value);
  }

  /** The number that initdb gave this data folder, read without a server. */
  long systemIdentifier() throws IOException {
    byte[] control = Files.readAllBytes(data().resolve("global/pg_control"));
    return ByteBuffer.wrap(control).order(ByteOrder.nativeOrder()).getLong();
  }

  private String program(String name) {
    return binaries.resolve("bin").resolve(name).toString();
  }
}
