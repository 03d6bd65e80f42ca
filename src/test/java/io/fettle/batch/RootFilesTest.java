package io.fettle.batch;

import static io.fettle.batch.FileJobs.assertVerdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.support.FettleTest;
import io.fettle.support.Fleet;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;

/** Files put as root where others are at home too: nobody leads root to another file. */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RootFilesTest {
  private static final String HOME = "/home/files/";

  @Autowired private TestServer server;
  @Autowired private Imports imports;

  private FileJobs jobs;
  private RealSshd sshd;

  @BeforeAll
  void machine() throws Exception {
    sshd = RealSshd.start("Subsystem sftp internal-sftp");
    FileJobs.ownTmp(sshd);
    sshd.user("files", "Pw-files-1");
    sshd.sudoers("files ALL=(ALL) NOPASSWD: ALL");
    Fleet.key(server, sshd, "files-RF1", "files", "asset_no == 'RF1'");
    Fleet.register(imports, "资产号,序列号,IP\nRF1,SNRF1," + sshd.endpoint() + "\n");
    jobs = new FileJobs(server);
  }

  @AfterAll
  void close() {
    sshd.close();
  }

  @Test
  void rootsFileIsPutThroughSudo() throws Exception {
    assertVerdict(
        jobs.put("RF1", "hello\n", "/etc/files-test.conf"), "FAILED", "no right to write");
    assertVerdict(jobs.put("RF1", "hello\n", "/etc/files-test.conf", "root=yes"), "OK", "");
    assertThat(sshd.sh("cat /etc/files-test.conf; stat -c %a,%U /etc/files-test.conf"))
        .isEqualTo("hello\n644,root\n");
    assertThat(FileJobs.leftovers(sshd)).isEmpty();
  }

  @Test
  void rootPutsNothingWhereSomebodyElseCouldLeadItAstray() throws Exception {
    sshd.sh(
        """
        mkdir -p %1$sopen/roots && chown files: %1$sopen
        mkdir -p /run/way/safe /run/way/sticky && chmod 1777 /run/way/sticky
        mkdir -p /run/way/sticky/safe && ln -sfn /run/way/safe /run/way/link
        """
            .formatted(HOME));

    for (var one :
        Map.of(
                HOME + "open/x",
                "is not root's",
                HOME + "open/roots/x",
                "is not root's",
                "/run/way/sticky/x",
                "can be written by others",
                "/run/way/link/x",
                "name the folder that it leads to, /run/way/safe")
            .entrySet()) {
      assertVerdict(jobs.put("RF1", "x", one.getKey(), "root=yes"), "FAILED", one.getValue());
    }
    Map<String, String> with = Map.of("file", jobs.give("x"), "to", HOME + "open/x", "root", "yes");
    assertVerdict(jobs.dry("RF1", "file.put", with), "SKIPPED", "is not root's");
    assertVerdict(jobs.put("RF1", "x", "/run/way/sticky/safe/x", "root=yes"), "OK", "");
    assertThat(sshd.sh("ls -A /run/way/safe " + HOME + "open/roots")).doesNotContain("x\n");
    assertThat(FileJobs.leftovers(sshd)).isEmpty();
  }

  @Test
  void aPlantedLinkIsNeverWrittenThrough() {
    String victim = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"; // of x
    sshd.sh(
        """
        rm -rf /run/planted && mkdir /run/planted && cd /run/planted
        printf victim >/run/victim
        printf x >arrived; printf x >to
        ln -s /run/victim fresh; ln -s /run/victim second.old; ln -s /run/victim lent
        """);
    for (String fresh : List.of("fresh", "second")) {
      String script =
          FileScripts.install(
              "/run/planted/to",
              "/run/planted/arrived",
              "/run/planted/" + fresh,
              victim,
              victim,
              "/run/planted/kept",
              "");
      // A disk without hard links has the old one copied.
      sshd.sh(
          "( ln() { return 1; }\n"
              + script
              + " ) >/dev/null 2>&1 || printf x >/run/planted/arrived");
    }
    sshd.sh("( " + FileScripts.lend("/run/planted/to", "/run/planted/lent") + " ) 2>&1 || true");

    assertThat(sshd.sh("cat /run/victim; ls /run/planted")).isEqualTo("victimarrived\nlent\nto\n");
  }
}
