package io.fettle.backup;

import io.fettle.kernel.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's own rsync towards one target, over its own ssh where the target is on another
 * machine. A folder of this machine goes through rsync too: a share that hangs then holds a program
 * up and not Fettle.
 */
final class Rsync {
  private static final Logger LOG = LoggerFactory.getLogger(Rsync.class);
  private static final int MOST_WORDS = 2_000;
  private static final int TIMED_OUT = 30;

  private final Target target;
  private final Path work;
  private final Duration stall;
  private final Optional<Path> program;
  private final long end;
  private boolean flushes = true;

  /**
   * @param work a folder of this target's own for what the programs read and say
   * @param stall how long nothing may move
   * @param program empty: the one of this machine's PATH
   */
  Rsync(Target target, Path work, Duration stall, Optional<Path> program) throws IOException {
    this.program = program;
    this.target = target;
    this.work = work;
    this.stall = stall;
    this.end = System.nanoTime() + target.limit().toNanos();
    Files.createDirectories(work);
    if (target.overSsh())
      PrivateFile.write(
          knownHosts(), target.name() + " " + Objects.requireNonNull(target.hostKey()));
  }

  /** A name at the target; empty: its folder. */
  String there(String name) {
    return target.destination() + name;
  }

  /**
   * Runs it to write there: each file is on the disk there when this ends. An rsync before 3.2.4,
   * on either side, cannot promise that and is asked without.
   */
  void write(List<String> words) throws IOException, Behind {
    if (flushes) {
      List<String> flushed = new ArrayList<>(List.of("--fsync"));
      flushed.addAll(words);
      int exit = exit(flushed, work.resolve("out"));
      if (exit == 0) return;
      if (!said().contains("--fsync: unknown option")) throw complaint(exit);
      LOG.info("backup target={} has an rsync before 3.2.4, without --fsync", target.name());
      flushes = false;
    }
    run(words);
  }

  /** Runs it; what it says on standard output lies in the returned file. */
  Path run(List<String> words) throws IOException, Behind {
    Path out = work.resolve("out");
    int exit = exit(words, out);
    if (exit == 0) return out;
    throw complaint(exit);
  }

  private int exit(List<String> words, Path out) throws IOException, Behind {
    List<String> command = new ArrayList<>(List.of(program(), "--timeout=" + stall.toSeconds()));
    if (target.overSsh()) command.addAll(List.of("-s", "-e", ssh()));
    command.addAll(words);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(errors().toFile())
            .redirectOutput(out.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
    builder.environment().put("LANG", "C");
    Process process = builder.start();
    try {
      if (process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS))
        return process.exitValue();
      throw new Behind(
          "一次复制超过了 " + target.limit().toMinutes() + " 分钟的时限",
          "one copy took longer than its limit of " + target.limit().toMinutes() + " min");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Behind("Fettle 正在停止", "Fettle is stopping");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private String said() throws IOException {
    String words = Files.readString(errors(), StandardCharsets.ISO_8859_1);
    return words.length() > MOST_WORDS ? words.substring(words.length() - MOST_WORDS) : words;
  }

  private Behind complaint(int exit) throws IOException {
    String words = said();
    if (words.contains("Host key verification failed"))
      return new Behind(
          "对方的主机密钥不是设置中 host-key 的那一个：没有连接。请确认对方确实重装过，再修改 host-key",
          "the host showed another key than host-key in the settings: nothing was sent. If it was really"
              + " reinstalled, compare its new key and put that there");
    if (words.contains("Permission denied (publickey"))
      return new Behind(
          "对方不接受密钥 " + target.key() + "：请把它的公钥加入对方的 authorized_keys",
          "the host does not take the key "
              + target.key()
              + ": add its public half to authorized_keys there");
    if (words.contains("No space left") || words.contains("Disk quota exceeded"))
      return new Behind(
          "目标磁盘已满：请清理，或减小 keep",
          "there is no room left at the target: make some, or lower its keep");
    if (words.contains("change_dir") && words.contains("No such file"))
      return new Behind(
          "目标处没有目录 " + target.destination() + "：请先建立（Fettle 不会建立它）",
          "there is no such folder: " + target.destination() + "; make it (Fettle never does)");
    if (exit == TIMED_OUT)
      return new Behind(
          "目标 " + stall.toSeconds() + " 秒没有应答",
          "the target did not answer for " + stall.toSeconds() + " s");
    return Behind.says("rsync", words.isBlank() ? "exit " + exit : words);
  }

  private String program() throws Behind {
    if (program.isPresent()) return program.get().toString();
    return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":"))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, "rsync"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseThrow(() ->
            new Behind(
                "本机没有 rsync：apt-get install rsync",
                "there is no rsync on this machine: apt-get install rsync"));
  }

  /** One line as rsync splits it. The host goes by the target's name among the known ones. */
  private String ssh() throws IOException, Behind {
    Path key = Objects.requireNonNull(target.key());
    if (!Files.isReadable(key))
      throw new Behind("读不到私钥文件 " + key, "the private key " + key + " cannot be read");
    if (PrivateFile.open(key))
      throw new Behind(
          "私钥文件 " + key + " 其他人可读：chmod 600",
          "others may read the private key " + key + ": chmod 600 it");
    List<String> words =
        new ArrayList<>(List.of("ssh", "-F", "/dev/null", "-T", "-i", key.toString()));
    for (String option :
        List.of(
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "BatchMode=yes",
            "ConnectTimeout=" + Math.max(1, stall.toSeconds()),
            "ServerAliveInterval=15",
            "StrictHostKeyChecking=yes",
            "HostKeyAlias=" + target.name(),
            "GlobalKnownHostsFile=/dev/null",
            "UserKnownHostsFile=\"" + knownHosts() + "\"")) words.addAll(List.of("-o", option));
    if (target.port() > 0) words.addAll(List.of("-p", "" + target.port()));
    return words.stream().map(word -> "'" + word + "'").reduce((a, b) -> a + " " + b).orElseThrow();
  }

  private Path knownHosts() {
    return work.resolve("known_hosts");
  }

  private Path errors() {
    return work.resolve("errors");
  }
}
