package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.Foresight;
import io.fettle.support.LabProcess;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshCopy;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.ssh.SshTarget;
import io.fettle.transport.ssh.TestSsh;
import io.fettle.transport.tcp.Tcp;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

/** Files go to the lab's machines and come from them as they do with real ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class LabFilesTest {
  private static final String MOTD = "/etc/motd.d/fettle";

  @TempDir static Path dir;
  private LabProcess lab;
  private TestSsh ssh;
  private OneMachine reach;
  private FileStore store;
  private FilePut put;
  private FileGet get;

  @BeforeAll
  void start() throws Exception {
    lab = new LabProcess(dir.resolve("lab"), 1, null, 2_900);
    ssh = new TestSsh();
    char[] key = Files.readString(lab.dir().resolve("id_ecdsa")).toCharArray();
    var address =
        Pattern.compile("127[0-9.]+:[0-9]+")
            .matcher(Files.readString(lab.dir().resolve("machines.csv")));
    assertThat(address.find()).isTrue();
    Endpoint endpoint = Endpoint.parse(address.group(), 22);
    reach = new OneMachine(new SshTarget(endpoint, "fettle", key, null));
    store = new FileStore(new MockEnvironment().withProperty("fettle.home", dir.toString()));
    put = new FilePut(store);
    get = new FileGet(store, new FileSettings(DataSize.ofMegabytes(100), DataSize.ofMegabytes(20)));
  }

  @AfterAll
  void stop() {
    ssh.close();
    lab.close();
  }

  private final class OneMachine implements Reach {
    private final SshTarget target;

    OneMachine(SshTarget target) {
      this.target = target;
    }

    @Override
    public SshOutcome ssh(AssetId machine, SshCommand command) {
      return ssh.run(target, command);
    }

    @Override
    public SshOutcome copy(AssetId machine, SshCopy copy) {
      return ssh.copy(target, copy);
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
  }

  /** One action on the machine, which remembers its way back and the file that it kept. */
  private final class One implements ActionContext {
    private final Map<String, Object> params;
    private Map<String, Object> back = Map.of();
    private @Nullable Path kept;

    One(Map<String, Object> params) {
      this.params = params;
    }

    /** The same taken back. */
    One undone() {
      Map<String, Object> over = new HashMap<>(params);
      over.putAll(back);
      return new One(over);
    }

    @Override
    public MachineDoc machine() {
      return new MachineDoc(new AssetId(new UUID(0, 1)), JsonMapper.shared().createObjectNode(), 1);
    }

    @Override
    public String component() {
      return "";
    }

    @Override
    public Map<String, Object> params() {
      return params;
    }

    @Override
    public Map<String, Object> evidence() {
      return Map.of();
    }

    @Override
    public Reach reach() {
      return reach;
    }

    @Override
    public boolean late() {
      return false;
    }

    @Override
    public boolean mayLeave() {
      return true;
    }

    @Override
    public void wayBack(Map<String, Object> with) {
      back = with;
    }

    @Override
    public boolean keep(String path, Path content, long size, String sha256) {
      kept = content;
      return true;
    }

    @Override
    public void transcript(String line) {}
  }

  private One wish(byte[] content, String to, String... more) throws Exception {
    Map<String, Object> params = new HashMap<>();
    params.put("file", store.take(new ByteArrayInputStream(content), 99 << 20).sha256());
    params.put("to", to);
    for (String one : more) params.put(one.split("=")[0], one.split("=")[1]);
    return new One(params);
  }

  private One wish(String content, String to, String... more) throws Exception {
    return wish(content.getBytes(StandardCharsets.UTF_8), to, more);
  }

  private static void assertDone(Action.Result result, String words) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Action.Result.Done.class, done -> assertThat(done.toString()).contains(words));
  }

  private static void assertFailed(Action.Result result, String words) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Action.Result.Failed.class, failed -> assertThat(failed.toString()).contains(words));
  }

  private String sh(String script) {
    SshOutcome outcome =
        reach.ssh(
            new AssetId(new UUID(0, 1)),
            new SshCommand(script, true, Duration.ofSeconds(20), 8_192));
    assertThat(outcome).isInstanceOf(SshOutcome.Ran.class);
    return ((SshOutcome.Ran) outcome).out();
  }

  private String leftovers() {
    return sh("find /tmp /etc /home -name '.fettle-*'");
  }

  @Test
  void aFileIsPutReplacedAndPutBack() throws Exception {
    putReplaceAndUndo("/home/fettle/it's a 文件", "fettle");
  }

  @Test
  void rootPutsItWhereNobodyElseMay() throws Exception {
    assertFailed(put.run(wish("one\n", MOTD)), "no right to write there");
    putReplaceAndUndo(MOTD, "root", "root=yes");
  }

  private void putReplaceAndUndo(String to, String owner, String... root) throws Exception {
    String there = "cat '" + to.replace("'", "'\\''") + "'";
    String facts = there.replaceFirst("cat", "stat -c %a,%U,%G --");
    String replace = root.length == 0 ? "replace=yes" : root[0];
    assertThat(put.foresee(wish("one\n", to, root))).isInstanceOf(Foresight.Would.class);

    One first = wish("one\n", to, root);
    assertDone(put.run(first), "same checksum");
    assertThat(sh(there + ";" + facts)).isEqualTo("one\n644,%1$s,%1$s\n".formatted(owner));
    assertThat(put.probe(first)).isEqualTo(Action.Presence.PRESENT);
    assertDone(put.run(wish("one\n", to, root)), "The same already");
    assertFailed(put.run(wish("two\n", to, root)), "replace=yes");

    One second = wish("two\n", to, "replace=yes", replace);
    sh(facts.replaceFirst("stat -c %a,%U,%G", "chmod 604"));
    assertDone(put.run(second), "same checksum");
    assertThat(sh(there + ";" + facts)).isEqualTo("two\n604,%1$s,%1$s\n".formatted(owner));
    assertThat(sh(there.replaceFirst("'$", "'.fettle-*"))).isEqualTo("one\n");

    assertDone(put.run(second.undone()), "Put back");
    assertThat(sh(there + ";" + facts)).isEqualTo("one\n604,%1$s,%1$s\n".formatted(owner));
    assertFailed(put.run(second.undone()), "changed it since");
    assertDone(put.run(first.undone()), "Put back");
    assertThat(sh(facts + " 2>&1")).contains("No such file");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void rootGoesThroughNoLinkAndNoOpenFolder() throws Exception {
    sh("ln -s /etc/motd.d /etc/messages; mkdir -m 777 /etc/open; ln -s /etc/hostname /etc/link");

    assertFailed(put.run(wish("x", "/etc/messages/x", "root=yes")), "symbolic link");
    assertFailed(put.run(wish("x", "/etc/open/x", "root=yes")), "written by others");
    assertFailed(put.run(wish("x", "/home/fettle/x", "root=yes")), "is not root's");
    assertFailed(put.run(wish("x", "/tmp/x", "root=yes")), "written by others");
    assertFailed(put.run(wish("x", "/etc/link", "root=yes", "replace=yes")), "symbolic link");
    assertFailed(put.run(wish("x", "/etc/none/x", "root=yes")), "does not exist");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void somebodyElsesFileIsNotReplaced() throws Exception {
    sh("mkdir -m 777 /home/shared; echo old >/home/shared/f");

    assertFailed(
        put.run(wish("new", "/home/shared/f", "replace=yes")), "its owner and group (root:root)");
    assertThat(sh("cat /home/shared/f; ls -a /home/shared")).isEqualTo("old\nf\n");
  }

  @Test
  void aLargeFileGoesThereAndBackAsItIs() throws Exception {
    byte[] random = new byte[6_000_001];
    new Random(3).nextBytes(random);

    assertDone(put.run(wish(random, "/home/fettle/large")), "same checksum");
    One fetched = new One(Map.of("path", "/home/fettle/large"));
    assertDone(get.run(fetched), "same checksum");
    assertThat(fetched.kept).hasBinaryContent(random);
  }

  @Test
  void aFileIsFetchedAsItsReaderMay() throws Exception {
    One hostname = new One(Map.of("path", "/etc/hostname"));
    assertDone(get.run(hostname), "same checksum");
    assertThat(hostname.kept).hasContent(sh("hostname").strip());

    assertFailed(get.run(new One(Map.of("path", "/etc/shadow"))), "cannot read");
    One shadow = new One(Map.of("path", "/etc/shadow", "root", "yes"));
    assertDone(get.run(shadow), "same checksum");
    assertThat(shadow.kept).content().contains("root:*:");
    assertFailed(get.run(new One(Map.of("path", "/etc/none"))), "does not exist");
    assertFailed(get.run(new One(Map.of("path", "/etc"))), "is a folder");
    assertThat(leftovers()).isEmpty();
  }
}
