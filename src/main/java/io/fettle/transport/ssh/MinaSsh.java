package io.fettle.transport.ssh;

import io.fettle.transport.HostKeys;
import io.fettle.transport.LabGuard;
import io.fettle.transport.Limits;
import io.fettle.transport.ssh.RootShell.Ended;
import io.fettle.transport.ssh.SshOutcome.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.threads.NoCloseExecutor;
import org.apache.sshd.core.CoreModuleProperties;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Service;

/**
 * SSH by Apache MINA SSHD: one client for all, one session and one exec per visit, nothing kept
 * from one visit to the next.
 */
@Service
@EnableConfigurationProperties(SshSettings.class)
class MinaSsh implements Ssh, DisposableBean {
  private final SshSettings settings;
  private final Limits limits;
  private final SshClient client;
  private final Login login;
  private final RefusedPasswords refused;

  MinaSsh(SshSettings settings, LabGuard guard, HostKeys hostKeys) {
    this.settings = settings;
    this.limits = settings.limits();
    this.client = client();
    this.refused = new RefusedPasswords(settings.refusedPause());
    this.login = new Login(client, settings, guard, hostKeys, refused);
  }

  /**
   * The library waits for every connect in a thread of its pool: with its own small pool a few dark
   * machines would hold up all others, so each wait gets a virtual thread.
   */
  private static SshClient client() {
    SshClient client = SshClient.setUpDefaultClient();
    Algorithms.set(client);
    List<UserAuthFactory> logins = new ArrayList<>(SshClient.DEFAULT_USER_AUTH_FACTORIES);
    logins.replaceAll(f -> f.getName().equals("publickey") ? new SignedAtOnce.Factory() : f);
    client.setUserAuthFactories(logins);
    client.setIoServiceFactoryFactory(
        new Nio2ServiceFactoryFactory(
            () -> new NoCloseExecutor(Executors.newVirtualThreadPerTaskExecutor())));
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setServerKeyVerifier((session, _, key) -> {
      Handshake.of(session).ifPresent(h -> h.shown(key));
      return true;
    });
    client.addSessionListener(new Handshake.Listener());
    // A handshake is small packets to and fro: held back until the last is acknowledged, which the
    // other side delays by 40 ms, they cost most of a command's time.
    CoreModuleProperties.TCP_NODELAY.set(client, true);
    CoreModuleProperties.WINDOW_SIZE.set(client, 256L * 1024);
    client.start();
    return client;
  }

  @Override
  public SshOutcome run(SshTarget target, SshCommand command) {
    return told(() ->
        visit(
            target,
            (session, total) -> exec(session, target, command, total.atMost(command.limit()))));
  }

  @Override
  public SshOutcome copy(SshTarget target, SshCopy copy) {
    return told(() ->
        visit(
            target,
            (session, total) -> {
              String no = new Sftp(session, copy, total.atMost(copy.limit())).run();
              return new Ended(no.isEmpty() ? 0 : 1, "", no, false);
            }));
  }

  /** What is done once somebody is logged in. */
  private interface Errand {
    Ended run(ClientSession session, Deadline total) throws SshFailure;
  }

  private interface Visit {
    Ended make() throws SshFailure;
  }

  private static SshOutcome told(Visit visit) {
    long start = System.nanoTime();
    try {
      Ended ended = visit.make();
      return new SshOutcome.Ran(ended.exit(), ended.out(), ended.err(), ended.cut(), since(start));
    } catch (SshFailure e) {
      return new SshOutcome.Failed(e.kind(), e.why(), since(start));
    }
  }

  private Ended visit(SshTarget target, Errand errand) throws SshFailure {
    Optional<Limits.Pass> pass = limits.enter(target.endpoint());
    if (pass.isEmpty())
      throw new SshFailure(
          Kind.BUSY, "No place for one more conversation within " + settings.patience());
    try (Limits.Pass _ = pass.get()) {
      Deadline total = Deadline.in(settings.total());
      ClientSession session = login.open(target, total);
      try {
        return errand.run(session, total);
      } finally {
        session.close(true);
      }
    }
  }

  private Ended exec(ClientSession session, SshTarget target, SshCommand command, Deadline until)
      throws SshFailure {
    long ceiling = settings.outputCeiling().toBytes();
    boolean root = target.user().equals("root");
    if (command.root() && !root)
      return new RootShell(session, target, command, ceiling, until, refused).run();
    Streams streams = new Streams(command.outputLimit(), ceiling, command.heard());
    String argument = root ? "" : ShellText.asArgument(command.script());
    boolean asInput =
        root || argument.getBytes(StandardCharsets.UTF_8).length > ShellText.LONGEST_ARGUMENT;
    String line =
        root
            ? ShellText.fromInput(command.limit(), null)
            : asInput ? ShellText.fromInput() : argument;
    if (!asInput) command.checkMayStart();
    try (Exec exec = Exec.start(session, line, streams, until)) {
      if (asInput) command.checkMayStart();
      if (asInput) exec.send(ShellText.whole(command.script()));
      exec.sendEnd();
      int exit = exec.end(until);
      return new Ended(exit, streams.outText(), streams.errText(), streams.cut());
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public void destroy() {
    client.stop();
  }
}
