package io.fettle.library;

import io.fettle.kernel.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
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

  private final Path key;
  private final Path knownHosts;
  private final Path errors;

  /** The key lies in a file of 0600 for as long as this is open: ssh reads it from nowhere else. */
  OpenSsh(Path folder, String key) throws IOException {
    this.key = folder.resolve("key-" + UUID.randomUUID());
    knownHosts = folder.resolve("known_hosts");
    errors = Files.createTempFile(folder, "ssh-", ".err");
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
  public RemoteSession getSession(URIish uri, CredentialsProvider asks, FS fs, int limit) {
    return new RemoteSession() {
      private final List<Process> started = new ArrayList<>();

      @Override
      public Process exec(String command, int seconds) throws IOException {
        List<String> words = command(uri.getPort());
        String user = uri.getUser() == null ? "" : uri.getUser() + "@";
        words.addAll(List.of("--", user + uri.getHost(), command));
        Process process =
            new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
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

  /** What ssh itself complained of last; empty when it did not. */
  String words() throws IOException {
    String all = Files.readString(errors, StandardCharsets.ISO_8859_1).strip();
    return all.length() <= MOST_WORDS ? all : all.substring(all.length() - MOST_WORDS);
  }

  @Override
  public String getType() {
    return "fettle";
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(key);
    Files.deleteIfExists(errors);
  }
}
