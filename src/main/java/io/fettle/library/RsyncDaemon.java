package io.fettle.library;

import io.fettle.kernel.Label;
import io.fettle.kernel.Loop;
import io.fettle.kernel.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The real {@code rsync --daemon}, read-only, on the {@link Export}. It runs while there are
 * readers; when it dies it is started again, when Fettle ends it ends, and one that a killed Fettle
 * left behind is replaced. Readers and secrets are read by rsync at every connection, so changing
 * them needs no restart.
 */
@Component
class RsyncDaemon implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(RsyncDaemon.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration BEHIND = Duration.ofMinutes(1);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(30);

  private final Readers readers;
  private final Export export;
  private final RsyncSettings settings;
  private final Path folder;
  private final Clock clock;
  private @Nullable Loop loop;
  private @Nullable Process process;
  private long pause = TimeUnit.MILLISECONDS.toNanos(500);
  private long startedAt;
  private boolean cleared;
  private boolean closing;
  private volatile State state = new State(true, new Label("尚未开始", "not begun yet"));

  RsyncDaemon(Readers readers, Export export, RsyncSettings settings, Store store, Clock clock) {
    this.readers = readers;
    this.export = export;
    this.settings = settings;
    this.clock = clock;
    folder = store.folder().resolve("rsync");
  }

  /** How it is, in words. */
  record State(boolean ok, Label why) {}

  State state() {
    return state;
  }

  /** Host and port to read from. */
  String address() {
    String host = settings.listen();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + settings.port();
  }

  /** Process id; empty while it does not run. */
  synchronized Optional<Long> pid() {
    return Optional.ofNullable(process).filter(Process::isAlive).map(Process::pid);
  }

  @EventListener(ApplicationReadyEvent.class)
  synchronized void start() {
    if (loop == null) loop = Loop.every("library-rsync", LOOK, this::tend);
  }

  /** Looks once and does what is needed. */
  synchronized void tend() {
    if (closing) return;
    try {
      if (!cleared) endLeftOvers();
      cleared = true;
      Map<String, String> all = secrets();
      Optional<String> program = Programs.find("rsync");
      if (all.isEmpty()) {
        stop();
        say(true, "没有团队使用 rsync，守护进程未启动", "no team reads over rsync: the daemon is off");
      } else if (program.isEmpty()) {
        say(
            false,
            "本机没有 rsync：apt-get install rsync",
            "there is no rsync on this machine: apt-get install rsync");
      } else if (export.current().isEmpty()) {
        say(false, "尚无可读的导出", "there is no export to read yet");
      } else {
        configure(all);
        if (process == null || !process.isAlive()) launch(program.get());
        else running(all.size());
      }
    } catch (IOException e) {
      say(false, "rsync 无法启动：" + e.getMessage(), "rsync cannot be started: " + e.getMessage());
    }
  }

  private void running(int count) {
    if (System.nanoTime() - startedAt > LONGEST_PAUSE) pause = TimeUnit.MILLISECONDS.toNanos(500);
    int out = export.leftOut();
    if (export
        .behindSince()
        .filter(since -> since.plus(BEHIND).isBefore(clock.instant()))
        .isPresent())
      say(
          false,
          "rsync 守护进程在 " + address() + "，但导出跟不上 main（见日志）：读者读到的是旧的脚本",
          "the rsync daemon is on "
              + address()
              + ", but what it gives does not follow main (see the log): readers get older scripts");
    else
      say(
          out == 0,
          "rsync 守护进程在 "
              + address()
              + "，"
              + count
              + " 个读者"
              + (out == 0 ? "" : "；" + out + " 个文件无法导出"),
          "the rsync daemon is on "
              + address()
              + " for "
              + count(count, " reader")
              + (out == 0 ? "" : "; " + count(out, " file") + " could not be exported"));
  }

  private static String count(int number, String one) {
    return number + one + (number == 1 ? "" : "s");
  }

  private void launch(String program) throws IOException {
    if (process != null) {
      if (System.nanoTime() - startedAt < pause) return;
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      String words = lastWords();
      LOG.warn("the rsync daemon ended with {}: {}", process.exitValue(), words);
      say(false, "rsync 守护进程退出：" + words, "the rsync daemon ended: " + words);
    }
    ProcessBuilder builder =
        new ProcessBuilder(program, "--daemon", "--no-detach", "--config=" + config())
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("LANG", "C");
    Files.deleteIfExists(folder.resolve("pid"));
    process = builder.start();
    startedAt = System.nanoTime();
  }

  private Path config() {
    return folder.resolve("rsyncd.conf");
  }

  private Path log() {
    return folder.resolve("log");
  }

  /** By name; a reader without one, removed at this moment, is none. */
  private Map<String, String> secrets() {
    Map<String, String> all = new TreeMap<>();
    for (Readers.Reader reader : readers.all())
      readers.secret(reader.name()).ifPresent(secret -> all.put(reader.name(), secret));
    return all;
  }

  /**
   * @param all never empty: rsync takes "auth users" without names as "no password"
   */
  private void configure(Map<String, String> all) throws IOException {
    Files.createDirectories(folder);
    StringBuilder lines = new StringBuilder();
    all.forEach((name, secret) -> lines.append(name).append(':').append(secret).append('\n'));
    write(folder.resolve("secrets"), lines.toString().strip());
    write(config(), text(String.join(", ", all.keySet())));
    if (Files.exists(log()) && Files.size(log()) > 10 << 20)
      Files.move(log(), folder.resolve("log.1"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /** Rewritten only when it changed, whole: rsync may read it at any moment. */
  private static void write(Path file, String text) throws IOException {
    if (Files.exists(file) && Files.readString(file).equals(text + "\n")) return;
    PrivateFile.write(file, text);
  }

  /** As root it changes its root to the export and goes on as nobody; rsync's own defaults. */
  private String text(String names) throws IOException {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    return """
    pid file = %1$s/pid
    lock file = %1$s/lock
    log file = %1$s/log
    port = %2$d
    address = %3$s
    reverse lookup = no
    max connections = 32
    timeout = 300
    [scripts]
    path = %4$s/
    use chroot = %5$s
    munge symlinks = no
    read only = yes
    list = no
    auth users = %6$s
    secrets file = %1$s/secrets
    strict modes = yes
    hosts allow = %7$s
    hosts deny = *
    """
        .formatted(
            folder,
            settings.port(),
            settings.listen(),
            export.folder(),
            root ? "yes" : "no",
            names,
            settings.hostsAllow())
        .strip();
  }

  private String lastWords() throws IOException {
    if (!Files.exists(log())) return "";
    List<String> lines = Files.readAllLines(log(), java.nio.charset.StandardCharsets.ISO_8859_1);
    return String.join(" ", lines.subList(Math.max(0, lines.size() - 2), lines.size()));
  }

  /** Processes that serve with our very file; a number alone proves nothing. */
  private void endLeftOvers() throws IOException {
    List<ProcessHandle> left = new ArrayList<>();
    String mark = "--config=" + config();
    ProcessHandle.allProcesses()
        .filter(p -> p.pid() != ProcessHandle.current().pid())
        .filter(p -> List.of(commandLine(p).split("\0")).contains(mark))
        .forEach(left::add);
    for (ProcessHandle each : left) {
      LOG.info("an rsync daemon that a killed Fettle left behind is ended pid={}", each.pid());
      end(each);
    }
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(
          Path.of("/proc/" + process.pid() + "/cmdline"),
          java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static void end(ProcessHandle process) throws IOException {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process);
    all.forEach(ProcessHandle::destroy);
    for (ProcessHandle each : all)
      try {
        each.onExit().get(3, TimeUnit.SECONDS);
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        each.destroyForcibly();
      } catch (InterruptedException e) {
        each.destroyForcibly();
        Thread.currentThread().interrupt();
      }
  }

  private void stop() throws IOException {
    Process running = process;
    process = null;
    if (running != null && running.isAlive()) end(running.toHandle());
  }

  private void say(boolean ok, String zh, String en) {
    state = new State(ok, new Label(zh, en));
  }

  @Override
  public synchronized void destroy() {
    closing = true;
    Loop running = loop;
    if (running != null) Thread.ofVirtual().start(running::close);
    try {
      stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
