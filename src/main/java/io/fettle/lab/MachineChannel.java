package io.fettle.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has opened on one machine over SSH. A machine that has no manners answers nothing
 * that was asked.
 */
abstract class MachineChannel implements Command {
  private final Function<String, @Nullable SimMachine> byAddress;
  protected InputStream in = InputStream.nullInputStream();
  protected OutputStream out = OutputStream.nullOutputStream();
  protected OutputStream err = OutputStream.nullOutputStream();
  private @Nullable ExitCallback exit;
  private volatile boolean gone;

  MachineChannel(Function<String, @Nullable SimMachine> byAddress) {
    this.byAddress = byAddress;
  }

  /** Serves it to its end; the answer is the exit status. */
  abstract int serve(SimMachine machine, String user) throws IOException;

  @Override
  public void setInputStream(InputStream stream) {
    in = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    out = stream;
  }

  @Override
  public void setErrorStream(OutputStream stream) {
    err = stream;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) {
    String address =
        ((InetSocketAddress) channel.getSession().getLocalAddress()).getAddress().getHostAddress();
    String user = channel.getSession().getUsername();
    Thread.ofVirtual().name("lab-ssh").start(() -> run(byAddress.apply(address), user));
  }

  private void run(@Nullable SimMachine machine, String user) {
    ExitCallback callback = exit;
    if (machine == null || callback == null) return;
    try {
      callback.onExit(isIllMannered(machine) ? 0 : serve(machine, user));
    } catch (IOException | RuntimeException e) {
      callback.onExit(255, String.valueOf(e.getMessage()));
    }
  }

  /** True when it was, and has done its worst. */
  protected boolean isIllMannered(SimMachine machine) throws IOException {
    if (machine.manner() == SimMachine.Manner.HONEST) return false;
    IllManners.answer(machine.manner(), out, () -> gone);
    return true;
  }

  @Override
  public void destroy(ChannelSession channel) {
    gone = true; // an honest script runs to its end: a real machine would not stop either
  }
}
