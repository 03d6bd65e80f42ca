package io.fettle.platform;

import io.fettle.audit.AuditProof;
import io.fettle.audit.AuditTrail;
import io.fettle.kernel.Label;
import io.fettle.kernel.PrivateFile;
import io.fettle.kernel.Viewer;
import io.fettle.web.HealthPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Looks at everything that a person would look at before trusting this installation: each room's
 * health, the audit chain from its first link, settings, files, programs.
 */
@Component
class Doctor {
  private static final List<String> PRIVATE =
      List.of(
          "database.properties",
          "admin.token",
          "admin.password",
          "master.key",
          "backup.key",
          "tls/key.pem");

  private static final List<String> PROGRAMS = List.of("tar", "xz", "setsid", "kill", "setpriv");

  private final List<HealthPart> rooms;
  private final AuditTrail audit;
  private final PulseTable database;
  private final ObjectProvider<Settings> settings;

  Doctor(
      List<HealthPart> rooms,
      AuditTrail audit,
      PulseTable database,
      ObjectProvider<Settings> settings) {
    this.rooms = rooms.stream().sorted(Comparator.comparing(HealthPart::name)).toList();
    this.audit = audit;
    this.database = database;
    this.settings = settings;
  }

  /** One thing looked at. */
  record Finding(String name, boolean ok, Label why) {}

  List<Finding> examine(Viewer viewer) {
    List<Finding> findings = new ArrayList<>();
    for (HealthPart room : rooms) {
      HealthPart.State state = room.check();
      findings.add(new Finding(room.name(), state.ok(), state.why()));
    }
    findings.add(chain(viewer));
    findings.add(databaseVersion());
    findings.add(files());
    findings.add(programs());
    return findings;
  }

  private Finding chain(Viewer viewer) {
    try {
      return chain(audit.verify(viewer));
    } catch (DataAccessException e) {
      return bad("audit_chain", "读不到审计记录：" + e.getMessage(), "cannot read it: " + e.getMessage());
    }
  }

  private static Finding chain(AuditProof proof) {
    String tail = proof.unsealed() == 0 ? "" : "; " + proof.unsealed() + " newest not sealed yet";
    String tailZh = proof.unsealed() == 0 ? "" : "；最新 " + proof.unsealed() + " 行尚未封存";
    if (proof.intact())
      return fine(
          "audit_chain",
          proof.rows() + " 行审计记录封存完好" + tailZh,
          proof.rows() + " sealed rows are as they were written" + tail);
    return proof
        .broken()
        .map(broken ->
            bad(
                "audit_chain",
                "审计链在第 " + broken.batch() + " 环断开：" + broken.why(),
                "broken at link " + broken.batch() + ": " + broken.why()))
        .orElseGet(() ->
            bad(
                "audit_chain",
                proof.strays() + " 行审计记录不是 Fettle 写的",
                proof.strays() + " rows were slipped in by hand"));
  }

  private Finding databaseVersion() {
    try {
      String version = database.version();
      long size = database.size() >> 20;
      return fine(
          "database_version",
          "PostgreSQL " + version + "，" + size + " MB",
          "PostgreSQL " + version + ", " + size + " MB");
    } catch (DataAccessException e) {
      return bad("database_version", "数据库不应答", "the database does not answer");
    }
  }

  private Finding files() {
    Settings now = settings.getIfAvailable();
    if (now == null) return fine("files", "不适用", "not applicable");
    List<String> open = new ArrayList<>();
    for (String name : PRIVATE) if (isOpen(now.home().resolve(name))) open.add(name);
    return open.isEmpty()
        ? fine("files", "密钥文件只有属主可读", "files with secrets are readable by their owner only")
        : bad(
            "files", "其他用户可读：" + open + "，请 chmod 600", "others may read " + open + ": chmod 600");
  }

  private static boolean isOpen(Path file) {
    try {
      return Files.exists(file) && PrivateFile.open(file);
    } catch (IOException e) {
      return true;
    }
  }

  private static Finding programs() {
    String[] path = System.getenv().getOrDefault("PATH", "").split(":");
    List<String> missing =
        PROGRAMS.stream()
            .filter(p -> List.of(path).stream().noneMatch(d -> Files.isExecutable(Path.of(d, p))))
            .toList();
    return missing.isEmpty()
        ? fine("packages", "所需程序齐全", "every program Fettle calls is here")
        : bad("packages", "缺少程序：" + missing, "missing programs: " + missing);
  }

  private static Finding fine(String name, String zh, String en) {
    return new Finding(name, true, new Label(zh, en));
  }

  private static Finding bad(String name, String zh, String en) {
    return new Finding(name, false, new Label(zh, en));
  }
}
