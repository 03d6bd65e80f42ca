package io.fettle.batch;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.reach.Reach;
import io.fettle.support.Fleet;
import io.fettle.support.RealSshd;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshCopy;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.ssh.SshTarget;
import io.fettle.transport.ssh.TestSsh;
import io.fettle.transport.tcp.Tcp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Machines that are addresses of one real sshd, which keeps a journal on its disk: a line for each
 * time a command ran there, by the address it came to. No engine can write to it.
 */
final class Machines implements Reach, AutoCloseable {
  static final String USER = "bat";
  static final String WRITE_DOWN = "echo ${SSH_CONNECTION% *} | cut -d' ' -f3 >>journal\n";

  final RealSshd sshd;
  private final TestSsh ssh = new TestSsh();
  private final AtomicInteger talking = new AtomicInteger();
  private final Map<AssetId, Endpoint> machines = new LinkedHashMap<>();

  /** So many, at most 15: sshd takes 16 addresses. */
  Machines(int count, int network, IntFunction<AssetId> named, String... config) {
    sshd = Fleet.sshd("127.0." + network, count, config);
    sshd.user(USER, "Pw-bat-1");
    for (int i = 1; i <= count; i++)
      machines.put(
          named.apply(i - 1), new Endpoint("127.0." + network + "." + i, sshd.endpoint().port()));
  }

  /** From now on this machine is where the one at this place is; nothing is left on its disk. */
  void become(int place, AssetId machine) {
    Endpoint endpoint = List.copyOf(machines.values()).get(place);
    machines.put(machine, endpoint);
    sshd.sh("rm -f /home/bat/*");
  }

  List<AssetId> ids() {
    return List.copyOf(machines.keySet());
  }

  String host(AssetId machine) {
    return endpoint(machine).host();
  }

  private Endpoint endpoint(AssetId machine) {
    return Objects.requireNonNull(machines.get(machine));
  }

  /** How often something ran on this machine. */
  Map<String, Integer> journal() {
    Map<String, Integer> times = new LinkedHashMap<>();
    for (String line :
        new ArrayList<>(sshd.sh("cat /home/bat/journal 2>/dev/null || true").lines().toList()))
      times.merge(line.strip(), 1, Integer::sum);
    return times;
  }

  void forget() {
    sshd.sh("rm -f /home/bat/journal");
  }

  @Override
  public SshOutcome copy(AssetId machine, SshCopy copy) {
    return ssh.copy(new SshTarget(endpoint(machine), USER, sshd.key(), null), copy);
  }

  @Override
  public SshOutcome ssh(AssetId machine, SshCommand command) {
    talking.incrementAndGet();
    try {
      return ssh.run(new SshTarget(endpoint(machine), USER, sshd.key(), null), command);
    } finally {
      talking.decrementAndGet();
    }
  }

  /** True when no engine is talking to a machine and nothing that was let out is still at work. */
  boolean quiet() {
    return talking.get() == 0 && sshd.sh("pgrep -u bat -c sh || true").strip().equals("0");
  }

  @Override
  public <T> T ipmi(AssetId machine, IpmiTalk<T> talk) throws IpmiFailure {
    throw new IpmiFailure(IpmiFailure.Kind.NO_ADDRESS, "none");
  }

  @Override
  public boolean cardAnswers(AssetId machine) {
    return false;
  }

  @Override
  public Tcp.Answer tcp(AssetId machine, int port) {
    return Tcp.Answer.SILENT;
  }

  @Override
  public void close() {
    ssh.close();
    sshd.close();
  }
}
