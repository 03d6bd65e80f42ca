package io.fettle.backup;

import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Shown;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine's own pg_basebackup as a child that writes one archive to its standard output. No
 * secret is among its arguments; a child that takes too long is killed, and one whose Fettle died
 * ends at its next word.
 */
final class BaseBackupProgram implements AutoCloseable {
  private static final Pattern SHARE = Pattern.compile("([0-9]+)/([0-9]+) kB \\(");
  private static final int WORDS = 2_000;
  private static final int LONGEST = 400;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Duration limit;
  private final Thread listener;
  private final StringBuilder words = new StringBuilder();
  private volatile boolean late;
  private volatile long total;

  /**
   * @param environment where the server is and who asks, in PostgreSQL's own variables
   */
  BaseBackupProgram(Path program, Map<String, String> environment, String label, Duration limit)
      throws IOException {
    this.limit = limit;
    ProcessBuilder builder =
        new ProcessBuilder(
                program.toString(),
                "--pgdata=-",
                "--format=tar",
                "--wal-method=fetch",
                "--checkpoint=fast",
                "--progress",
                "--no-password",
                "--label=" + label,
                "--dbname=keepalives_idle=60 keepalives_interval=20 keepalives_count=3")
            .directory(new File("/"))
            .redirectInput(new File("/dev/null"));
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
    builder.environment().put("LANG", "C");
    builder.environment().putAll(environment);
    this.process = builder.start();
    this.listener = Thread.ofPlatform().daemon().name("pg_basebackup-words").start(this::listen);
    Thread.ofPlatform().daemon().name("pg_basebackup-limit").start(this::limit);
  }

  InputStream archive() {
    return process.getInputStream();
  }

  /** Bytes that it expects, in all; 0 before it said so. */
  long total() {
    return total;
  }

  /** True when it was killed for taking too long. */
  boolean isLate() {
    return late;
  }

  private void listen() {
    try (BufferedReader said = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        Matcher share = SHARE.matcher(line);
        if (share.find()) total = Long.parseLong(share.group(2)) << 10;
        else if (!line.startsWith("waiting for checkpoint")) remember(line);
      }
    } catch (IOException e) {
      remember(e.toString());
    }
  }

  private void remember(String line) {
    synchronized (words) {
      words.append(line.strip()).append('\n');
      if (words.length() > WORDS) words.delete(0, words.length() - WORDS);
    }
  }

  private void limit() {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) return;
      late = true;
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
    }
  }

  /**
   * Everything was read: waits for its end.
   *
   * @throws BackupRefused unless it ended well
   */
  void end() throws IOException {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) throw refused(-1);
      listener.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (late || process.exitValue() != 0) throw refused(process.exitValue());
  }

  private BackupRefused refused(int exit) {
    if (late)
      return new BackupRefused(
          "pg_basebackup 超过了 " + limit.toMinutes() + " 分钟的时限（backup.outside.time-limit）。",
          "pg_basebackup took longer than its limit of "
              + limit.toMinutes()
              + " min (backup.outside.time-limit).");
    String said = complaint();
    String why = said.isEmpty() ? "exit " + exit : said;
    return new BackupRefused("pg_basebackup 失败：" + why, "pg_basebackup failed: " + why + ".");
  }

  /** What it said is wrong, in one line; it may come from the other machine. */
  private String complaint() {
    List<String> lines;
    synchronized (words) {
      lines = words.toString().lines().filter(line -> !line.isBlank()).toList();
    }
    String all =
        lines.stream()
            .filter(line -> line.contains("error:") || line.contains("FATAL:"))
            .findFirst()
            .orElse(lines.isEmpty() ? "" : lines.getLast())
            .replaceFirst("^pg_basebackup: (error: )?", "");
    return Shown.text(RemoteText.cut(all.strip().replaceAll("\\.$", ""), LONGEST));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
