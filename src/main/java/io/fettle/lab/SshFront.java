package io.fettle.lab;

import io.fettle.lab.shell.In;
import io.fettle.lab.shell.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.jspecify.annotations.Nullable;

/**
 * The SSH servers of all simulated machines: one MINA server on all their addresses; the address
 * tells the machine.
 */
final class SshFront implements AutoCloseable {
  private final Map<String, SimMachine> byAddress = new ConcurrentHashMap<>();
  private final Map<String, Integer> generations = new ConcurrentHashMap<>();
  private final Front server = new Front();

  /** Opens the acceptor to per-address bind and unbind. */
  private static final class Front extends SshServer {
    void off(SocketAddress address) {
      acceptor.unbind(address);
    }

    void on(SocketAddress address) throws IOException {
      acceptor.bind(address);
    }
  }

  SshFront(List<SimMachine> machines, PublicKey client) throws IOException {
    StringBuilder hosts = new StringBuilder();
    for (SimMachine machine : machines) {
      byAddress.put(machine.plate().ssh().host(), machine);
      if (hosts.length() > 0) hosts.append(',');
      hosts.append(machine.plate().ssh().host());
    }
    SshServer defaults = SshServer.setUpDefaultServer();
    server.setKeyExchangeFactories(defaults.getKeyExchangeFactories());
    server.setCipherFactories(defaults.getCipherFactories());
    server.setCompressionFactories(defaults.getCompressionFactories());
    server.setMacFactories(defaults.getMacFactories());
    server.setSignatureFactories(defaults.getSignatureFactories());
    server.setRandomFactory(defaults.getRandomFactory());
    server.setChannelFactories(defaults.getChannelFactories());
    server.setGlobalRequestHandlers(defaults.getGlobalRequestHandlers());
    server.setUserAuthFactories(defaults.getUserAuthFactories());
    server.setFileSystemFactory(defaults.getFileSystemFactory());
    server.setForwarderFactory(defaults.getForwarderFactory());
    server.setNioWorkers(2);
    server.setHost(hosts.toString());
    server.setPort(machines.getFirst().plate().ssh().port());
    server.setKeyPairProvider((KeyPairProvider) this::hostKey);
    server.setPasswordAuthenticator(null);
    server.setPublickeyAuthenticator((user, key, session) ->
        (user.equals("fettle") || user.equals("root")) && KeyUtils.compareKeys(key, client));
    server.setCommandFactory((channel, text) -> new Exec(text));
    server.setShellFactory(
        channel -> new Exec("echo 'this machine runs commands only: ssh HOST COMMAND'"));
    server.setSubsystemFactories(List.of(new Sftp()));
    server.start();
  }

  private Iterable<java.security.KeyPair> hostKey(@Nullable SessionContext session) {
    String name =
        session == null
            ? "none"
            : ((InetSocketAddress) session.getLocalAddress()).getAddress().getHostAddress();
    return List.of(HostKeys.of(name, generations.getOrDefault(name, 0)));
  }

  /** Gives the machine another host key, as a reinstallation does. */
  void newHostKey(SimMachine machine) {
    generations.merge(machine.plate().ssh().host(), 1, Integer::sum);
  }

  /** Takes a machine's SSH server off the network or puts it back. */
  void listening(SimMachine machine, boolean on) {
    InetSocketAddress address =
        new InetSocketAddress(machine.plate().ssh().host(), machine.plate().ssh().port());
    if (!on) {
      server.off(address);
      return;
    }
    try {
      server.on(address);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }

  /** One exec on one machine. */
  private final class Exec extends MachineChannel {
    private final String text;

    Exec(String text) {
      super(byAddress::get);
      this.text = text;
    }

    @Override
    int serve(SimMachine machine, String user) throws IOException {
      Shell.Result result = machine.run(user, text, new In(this::stdin));
      out.write(result.out());
      out.flush();
      err.write(result.err());
      err.flush();
      return result.exit();
    }

    private byte[] stdin() {
      try {
        return in.readAllBytes();
      } catch (IOException e) {
        return new byte[0];
      }
    }
  }

  /** SFTP on one machine. */
  private final class Sftp implements SubsystemFactory {
    @Override
    public String getName() {
      return "sftp";
    }

    @Override
    public Command createSubsystem(ChannelSession channel) {
      return new SftpFront(byAddress::get);
    }
  }
}
