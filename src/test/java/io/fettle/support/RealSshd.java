package io.fettle.support;

import io.fettle.kernel.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.FileSystemUtils;

/**
 * A real OpenSSH server with PAM and sudo on loopback, in a mount namespace of its own: {@code
 * /etc} is a copy, {@code /home}, {@code /root} and {@code /run} are empty and gone afterwards, so
 * users, PAM and sudo can be broken at will. Needs root, openssh-server, sudo and util-linux.
 */
public final class RealSshd implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Path home;
  private final Endpoint endpoint;
  private Process server;

  private RealSshd(Path home, Endpoint endpoint, Process server) {
    this.home = home;
    this.endpoint = endpoint;
    this.server = server;
  }

  /**
   * Starts one.
   *
   * @param config further lines of sshd_config; they come first and so win
   */
  public static RealSshd start(String... config) {
    try {
      int n = NUMBER.incrementAndGet();
      String host = "127.0." + (60 + n / 200) + "." + (1 + n % 200);
      Path home = Files.createTempDirectory("fettle-sshd-");
      int port = freePort(host);
      keygen(home.resolve("host"));
      keygen(home.resolve("id"));
      Files.writeString(home.resolve("sshd_config"), config(home, host, port, config));
      var sshd = new RealSshd(home, new Endpoint(host, port), launch(home));
      sshd.awaitOpen();
      return sshd;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("sshd: " + e.getMessage(), e);
    }
  }

  private static String config(Path home, String host, int port, String... more) {
    return String.join("\n", more)
        + """

        Port %d
        ListenAddress %s
        HostKey %s/host
        PidFile none
        UsePAM yes
        PasswordAuthentication yes
        KbdInteractiveAuthentication no
        PubkeyAuthentication yes
        PermitRootLogin yes
        StrictModes yes
        LogLevel VERBOSE
        MaxStartups 1000:30:2000
        MaxSessions 100
        UseDNS no
        """
            .formatted(port, host, home);
  }

  private static Process launch(Path home) throws IOException {
    String script =
        """
        set -e
        [ -d '%1$s/etc' ] || cp -a /etc '%1$s/etc'
        mount --bind '%1$s/etc' /etc
        for d in /home /root /run; do mount -t tmpfs -o mode=755 tmpfs "$d"; done
        mkdir -p /run/sshd /run/sudo /run/faillock /run/lock
        rm -f /etc/sudoers.d/* /etc/nologin
        exec /usr/sbin/sshd -D -f '%1$s/sshd_config' -E '%1$s/log'
        """
            .formatted(home);
    return new ProcessBuilder("unshare", "-m", "--propagation", "private", "sh", "-c", script)
        .directory(new java.io.File("/"))
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("out").toFile())
        .start();
  }

  private void awaitOpen() throws IOException, InterruptedException {
    for (int i = 0; i < 200; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), 500);
        return;
      } catch (IOException e) {
        if (!server.isAlive())
          throw new IOException("it ended: " + Files.readString(home.resolve("out")) + log(), e);
        Thread.sleep(50);
      }
    }
    throw new IOException("it did not start: " + log());
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  /** Private key (OpenSSH form) that {@link #user} lets in. */
  public char[] key() {
    return read("id").toCharArray();
  }

  /** Its public half, one line. */
  public String publicKey() {
    return read("id.pub").strip();
  }

  /** The server's public host key, one line. */
  public String hostKey() {
    return read("host.pub").strip();
  }

  /** What sshd logged. */
  public String log() {
    return Files.exists(home.resolve("log")) ? read("log") : "";
  }

  /** The server's configuration, for {@code sshd -T -f} and for faults in it. */
  public Path config() {
    return home.resolve("sshd_config");
  }

  /** Process id of the listening sshd. */
  public long pid() {
    return server.pid();
  }

  /** Makes a user with {@code /bin/sh}, this password and the key of {@link #key()}. */
  public void user(String name, String password) {
    sh(
        """
        useradd -m -s /bin/sh '%1$s'
        printf '%%s:%%s\\n' '%1$s' '%2$s' | chpasswd
        install -d -m 700 -o '%1$s' -g '%1$s' '/home/%1$s/.ssh'
        printf '%%s\\n' '%3$s' >'/home/%1$s/.ssh/authorized_keys'
        chown '%1$s:' '/home/%1$s/.ssh/authorized_keys'
        chmod 600 '/home/%1$s/.ssh/authorized_keys'
        """
            .formatted(name, password, publicKey()));
  }

  /** Lets root in with the same key. */
  public void rootKey() {
    sh(
        "install -d -m 700 /root/.ssh; printf '%s\\n' '"
            + publicKey()
            + "' >/root/.ssh/authorized_keys; chmod 600 /root/.ssh/authorized_keys");
  }

  /** Adds a sudoers drop-in, e.g. {@code alice ALL=(ALL) NOPASSWD: ALL}. */
  public void sudoers(String line) {
    sh("printf '%s\\n' '" + line + "' >>/etc/sudoers.d/test; chmod 440 /etc/sudoers.d/test");
  }

  /** Runs a script as root inside the server's namespace; its output; throws when it fails. */
  public String sh(String script) {
    return exec(List.of("nsenter", "-m", "-t", "" + server.pid(), "/bin/sh", "-e", "-c", script));
  }

  /** The same address with another host key, as after a reinstall. */
  public void reinstall() {
    try {
      stop();
      Files.delete(home.resolve("host"));
      Files.delete(home.resolve("host.pub"));
      keygen(home.resolve("host"));
      server = launch(home);
      awaitOpen();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String read(String file) {
    try {
      return Files.readString(home.resolve(file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keygen(Path file) {
    exec(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file + ""));
  }

  private static int freePort(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    }
  }

  private static String exec(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(new java.io.File("/"))
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) throw new IllegalStateException(command.getLast() + ": " + out);
      return out;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void stop() throws InterruptedException {
    server.descendants().forEach(ProcessHandle::destroyForcibly);
    server.destroy();
    if (!server.waitFor(5, TimeUnit.SECONDS)) server.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    try {
      stop();
      for (int i = 1; ; i++) {
        try {
          FileSystemUtils.deleteRecursively(home);
          return;
        } catch (DirectoryNotEmptyException e) { // a session that ends still writes
          if (i == 20) throw e;
          TimeUnit.MILLISECONDS.sleep(100);
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
