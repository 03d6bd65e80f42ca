package io.fettle.lab;

import ch.qos.logback.classic.Level;
import io.fettle.lab.bmc.BmcServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** The lab's process: a fleet on loopback whose machines break over time. */
@Command(
    name = "lab",
    description = "A simulated data centre on loopback: SSH and IPMI 2.0 per machine.",
    mixinStandardHelpOptions = true)
public final class Lab implements Runnable, AutoCloseable {
  @Option(names = "--machines", description = "how many machines (default ${DEFAULT-VALUE})")
  private int count = 200;

  @Option(
      names = "--seed",
      description = "the same seed is the same fleet and the same order of faults")
  private long seed = 1;

  @Option(
      names = "--port-offset",
      description = "added to the ports 2222 and 6230, for a second lab on this machine")
  private int portOffset;

  @Option(names = "--dir", description = "folder for key, password, machines.csv and journal.jsonl")
  private Path dir = Path.of("data-lab/lab");

  @Option(names = "--fault-every", description = "seconds between two faults; 0 for none")
  private double faultEvery = 4;

  @Option(names = "--server", description = "Fettle to hand the fleet to")
  private @Nullable URI server;

  @Option(names = "--token-file", description = "file with an administrator's token for --server")
  private @Nullable Path tokenFile;

  @Option(
      names = "--tell",
      description = "say one line to the lab that runs in --dir (try: --tell help)")
  private @Nullable String line;

  @Option(names = "--json", description = "says what is up as one JSON document")
  private boolean json;

  private @Nullable Running running;
  private @Nullable LabControl control;

  /** What runs. */
  record Running(
      Fleet fleet,
      Injector injector,
      BmcServer cards,
      SshFront ssh,
      Journal journal,
      String privateKey,
      String password,
      String accountKey) {}

  static void main(String[] args) {
    ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME))
        .setLevel(Level.WARN);
    System.exit(
        new CommandLine(new Lab()).setExecutionExceptionHandler(Lab::refused).execute(args));
  }

  @Override
  public void run() {
    try {
      if (line != null) {
        System.out.println(LabControl.tell(dir.resolve("lab.sock"), line));
        return;
      }
      Running lab = start();
      Runtime.getRuntime().addShutdownHook(new Thread(this::close));
      System.out.println(welcome(lab));
      if (server != null && tokenFile != null) new Rollcall(server, tokenFile).hand(lab);
      breakThingsForEver(lab);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("lab: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One sentence for a person, as the launcher passes it on. */
  private static int refused(
      Exception e, CommandLine line, CommandLine.@Nullable ParseResult parsed) {
    System.err.println("fettle: " + e.getMessage());
    Lab lab = line.getCommand();
    if (lab.json)
      System.out.println(
          JsonMapper.shared().writeValueAsString(Map.of("title", "" + e.getMessage())));
    return 1;
  }

  private String welcome(Running lab) {
    SimMachine.Plate first = lab.fleet().machines().getFirst().plate();
    if (!json)
      return "lab: %d machines, SSH from %s, cards from %s"
          .formatted(count, first.ssh(), first.bmc());
    Map<String, Object> up = new LinkedHashMap<>();
    up.put("machines", count);
    up.put("ssh", first.ssh().toString());
    up.put("bmc", first.bmc().toString());
    up.put("folder", dir.toAbsolutePath().toString());
    return JsonMapper.shared().writeValueAsString(up);
  }

  private void breakThingsForEver(Running lab) throws InterruptedException {
    if (faultEvery <= 0) {
      new java.util.concurrent.CountDownLatch(1).await();
      return;
    }
    for (int i = 0; i < 3; i++) lab.injector().one();
    while (!Thread.currentThread().isInterrupted()) {
      Thread.sleep(Duration.ofMillis(Math.round(faultEvery * 1000)));
      if (control == null || !control.isPaused()) lab.injector().one();
    }
  }

  /** Starts every machine; for tests too. */
  Running start() throws IOException, GeneralSecurityException {
    Files.createDirectories(dir);
    String password = secret(dir.resolve("bmc.password"), this::newPassword);
    KeyPair key = HostKeys.of("client " + secret(dir.resolve("key.seed"), this::newPassword), 0);
    String privateKey = openSsh(key);
    secret(dir.resolve("id_ecdsa"), () -> privateKey);
    Journal journal = new Journal(dir.resolve("journal.jsonl"));
    String accountKey =
        PublicKeyEntry.toString(HostKeys.of("deploy's client", 0).getPublic()) + " deploy@lab";
    Fleet fleet =
        new Fleet(
            count,
            seed,
            portOffset,
            new Fleet.Keys(password, accountKey),
            journal,
            Clock.systemUTC());
    Files.writeString(dir.resolve("machines.csv"), fleet.csv());
    BmcServer cards = new BmcServer();
    for (SimMachine machine : fleet.machines())
      cards.add(
          new InetSocketAddress(machine.plate().bmc().host(), machine.plate().bmc().port()),
          machine);
    SshFront ssh = new SshFront(fleet.machines(), key.getPublic());
    for (SimMachine machine : fleet.machines())
      machine.sshSwitch(m -> ssh.listening(m, !m.isSshClosed()));
    Running started =
        new Running(
            fleet,
            new Injector(fleet.machines(), seed, Clock.systemUTC()),
            cards,
            ssh,
            journal,
            privateKey,
            password,
            accountKey);
    running = started;
    control = new LabControl(started, dir.resolve("lab.sock"));
    return started;
  }

  private String newPassword() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** Reads a secret file, or makes it with mode 0600. */
  private static String secret(Path file, java.util.function.Supplier<String> make)
      throws IOException {
    if (Files.exists(file)) return Files.readString(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    String value = make.get();
    Files.writeString(file, value);
    return value;
  }

  private static String openSsh(KeyPair key) throws IOException, GeneralSecurityException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "fettle lab", null, out);
    return out.toString(StandardCharsets.US_ASCII);
  }

  /** Sets what the command line would; for tests. */
  static Lab of(int count, long seed, Path dir) {
    return of(count, seed, dir, 1_000);
  }

  /** As above, on ports of its own. */
  static Lab of(int count, long seed, Path dir, int portOffset) {
    Lab lab = new Lab();
    lab.count = count;
    lab.seed = seed;
    lab.dir = dir;
    lab.portOffset = portOffset;
    return lab;
  }

  @Override
  public void close() {
    Running lab = running;
    if (lab == null) return;
    try {
      if (control != null) control.close();
      lab.ssh().close();
      lab.cards().close();
      lab.journal().close();
    } catch (IOException e) {
      System.err.println("lab: " + e.getMessage());
    }
  }
}
