package io.fettle.transport.ssh;

import io.fettle.transport.ssh.SshOutcome.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** One exec channel of one session. */
final class Exec implements AutoCloseable {
  /**
   * How long nothing may come after the exit status, which overtakes output that is still on its
   * way: a process left in the background may hold the streams open for ever.
   */
  private static final Duration AFTER_EXIT = Duration.ofSeconds(2);

  /** And how long such output is listened to in all. */
  private static final Duration LISTENS = Duration.ofSeconds(30);

  private static final Map<String, Integer> SIGNALS =
      Map.ofEntries(
          Map.entry("HUP", 1),
          Map.entry("INT", 2),
          Map.entry("QUIT", 3),
          Map.entry("ILL", 4),
          Map.entry("ABRT", 6),
          Map.entry("FPE", 8),
          Map.entry("KILL", 9),
          Map.entry("USR1", 10),
          Map.entry("SEGV", 11),
          Map.entry("USR2", 12),
          Map.entry("PIPE", 13),
          Map.entry("ALRM", 14),
          Map.entry("TERM", 15));

  private final ClientSession session;
  private final Streams streams;
  private final Command channel;

  private Exec(ClientSession session, String command, Streams streams) throws IOException {
    this.session = session;
    this.streams = streams;
    this.channel = new Command(command);
    channel.setOut(streams.out());
    channel.setErr(streams.err());
    channel.addChannelListener(
        new ChannelListener() {
          @Override
          public void channelStateChanged(Channel changed, @Nullable String hint) {
            streams.changed();
          }

          @Override
          public void channelClosed(Channel closed, @Nullable Throwable reason) {
            streams.changed();
          }
        });
    channel.addCloseFutureListener(_ -> streams.changed());
    session.getService(ConnectionService.class).registerChannel(channel);
  }

  /** Starts a command; when this returns the request is on the wire. */
  static Exec start(ClientSession session, String command, Streams streams, Deadline until)
      throws SshFailure {
    try {
      Exec exec = new Exec(session, command, streams);
      var opened = exec.channel.open();
      QuickAck.of(session);
      if (!opened.await(millis(until))) {
        exec.kill();
        throw new SshFailure(
            Kind.KILLED_AT_LIMIT, "No channel was opened within the command's limit");
      }
      if (!opened.isOpened())
        throw new SshFailure(
            Kind.BROKEN_BEFORE_SEND, "The server opened no channel: " + opened.getException());
      return exec;
    } catch (IOException e) {
      throw new SshFailure(Kind.BROKEN_BEFORE_SEND, "No channel was opened: " + e.getMessage());
    }
  }

  /** Sends bytes to its standard input; a command that does not read them is no error. */
  void send(byte[] bytes) {
    try {
      OutputStream in = channel.getInvertedIn();
      in.write(bytes);
      in.flush();
    } catch (IOException e) {
      streams.changed();
    }
  }

  void send(String text) {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Ends its standard input. */
  void sendEnd() {
    try {
      channel.getInvertedIn().close();
    } catch (IOException e) {
      streams.changed();
    }
  }

  /** True when there is nothing more to come. */
  boolean ended() {
    return channel.refused || channel.isClosed() || channel.isClosing() || !session.isOpen();
  }

  boolean await(BooleanSupplier what, Deadline until) {
    return streams.await(() -> what.getAsBoolean() || ended() || streams.over(), until);
  }

  /**
   * Waits for its end.
   *
   * @return exit status, 128+n for a signal
   * @throws SshFailure when it had to be killed or the connection broke
   */
  int end(Deadline until) throws SshFailure {
    boolean heard = await(() -> exit().isPresent(), until);
    if (streams.over()) {
      kill();
      throw new SshFailure(Kind.KILLED_AT_LIMIT, "Killed: its output did not end");
    }
    if (!heard) {
      kill();
      throw new SshFailure(Kind.KILLED_AT_LIMIT, "Killed: it did not end within its time limit");
    }
    if (channel.refused)
      throw new SshFailure(Kind.BROKEN_BEFORE_SEND, "The server refused to start a command");
    hearOut(until.atMost(LISTENS));
    return exit()
        .orElseThrow(() ->
            new SshFailure(
                Kind.BROKEN_AFTER_SEND, "The connection ended before the command's exit status"));
  }

  private void hearOut(Deadline until) {
    long before = -1;
    while (!ended() && !streams.over() && !until.passed() && before < streams.total()) {
      before = streams.total();
      streams.await(this::ended, until.atMost(AFTER_EXIT));
    }
  }

  private Optional<Integer> exit() {
    Integer status = channel.getExitStatus();
    if (status != null) return Optional.of(status);
    String signal = channel.getExitSignal();
    return signal == null ? Optional.empty() : Optional.of(128 + SIGNALS.getOrDefault(signal, 0));
  }

  /** Asks the server to kill it. OpenSSH does so for all but root; the caller then hangs up. */
  private void kill() {
    if (channel.getRecipient() < 0) return;
    try {
      Buffer request = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
      request.putUInt(channel.getRecipient());
      request.putString("signal");
      request.putBoolean(false);
      request.putString("KILL");
      session.writePacket(request).await(1, TimeUnit.SECONDS);
    } catch (IOException e) {
      session.close(true);
    }
  }

  @Override
  public void close() {
    channel.close(true);
  }

  private static long millis(Deadline until) {
    return Math.max(1, until.leftNanos() / 1_000_000);
  }

  /** Knows when the server refuses the exec, and keeps the command out of the log. */
  private final class Command extends ChannelExec {
    private volatile boolean refused;

    private Command(String command) {
      super(command, null, Map.of());
    }

    @Override
    public void handleFailure() {
      refused = true;
      streams.changed();
    }
  }
}
