package io.fettle.library;

import io.fettle.kernel.PrivateFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;

/**
 * The machine's own {@code ssh} for one mirror: with its key and nothing else, never asking. A host
 * key is taken at the first contact and kept; a changed one is refused.
 */
final class OpenSsh extends SshSessionFactory implements AutoCloseable {
  private static final int MOST_WORDS = 400;

  /** Bytes that a Git server has to say of 2,000 branches, many times over. */
  private static final long MOST_SAID = 8 << 20;

  private final Path key;
  private final Path knownHosts;
  private final Duration limit;
  private final List<BoundedProcess> started = new CopyOnWriteArrayList<>();

  /**
   * The key lies in a file of 0600 for as long as this is open: ssh reads it from nowhere else.
   *
   * @param limit how long one conversation may last
   */
  OpenSsh(Path folder, String key, Duration limit) throws IOException {
    this.limit = limit;
    this.key = folder.resolve("key-" + UUID.randomUUID());
    knownHosts = folder.resolve("known_hosts");
    PrivateFile.write(this.key, key.stripTrailing());
  }

  /** Takes away what a process that was killed left of its keys. */
  static void tidy(Path folder) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "{key-*,ssh-*.err}")) {
      for (Path file : left) Files.deleteIfExists(file);
    }
  }

  /** The words up to the options; host and command follow. */
  List<String> command(int port) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "ssh",
                "-F",
                "/dev/null",
                "-T",
                "-i",
                key.toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "BatchMode=yes",
                "-o",
                "ConnectTimeout=15",
                "-o",
                "ServerAliveInterval=15",
                "-o",
                "StrictHostKeyChecking=accept-new",
                "-o",
                "UserKnownHostsFile=" + knownHosts));
    if (port > 0) words.addAll(List.of("-p", "" + port));
    return words;
  }

  /** The same in one line, as rsync splits it. */
  String line(int port) {
    StringBuilder line = new StringBuilder();
    for (String word : command(port))
      line.append(line.isEmpty() ? "" : " ").append("'").append(word).append("'");
    return line.toString();
  }

  @Override
  public RemoteSession getSession(URIish uri, CredentialsProvider asks, FS fs, int seconds) {
    return new RemoteSession() {
      @Override
      public Process exec(String command, int patience) throws IOException {
        List<String> words = command(uri.getPort());
        String user = uri.getUser() == null ? "" : uri.getUser() + "@";
        words.addAll(List.of("--", user + uri.getHost(), command));
        BoundedProcess process =
            new BoundedProcess(
                new ProcessBuilder(words).start(), MOST_SAID, Bounded.Deadline.in(limit));
        started.add(process);
        return process;
      }

      @Override
      public void disconnect() {
        for (Process process : started)
          try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) process.destroy();
          } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
          }
      }
    };
  }

  /** Ends whatever still runs. */
  void end() {
    started.forEach(BoundedProcess::destroyForcibly);
  }

  /** What ssh itself complained of last; empty when it did not. */
  String words() {
    String all = started.isEmpty() ? "" : started.getLast().words();
    return all.length() <= MOST_WORDS ? all : all.substring(all.length() - MOST_WORDS);
  }

  @Override
  public String getType() {
    return "fettle";
  }

  @Override
  public void close() throws IOException {
    end();
    Files.deleteIfExists(key);
  }
}
