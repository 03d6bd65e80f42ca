package io.fettle.monitoring;

import io.fettle.audit.Audit;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.check.Reading;
import io.fettle.web.Allow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Checks over HTTP: which there are, and trying one that is data. */
@RestController
@RequestMapping("/api/v1/checks")
class CheckApi {
  /** Characters of a tried section that the record keeps; its digest is of the whole. */
  private static final int KEPT = 4_096;

  private final Monitoring monitoring;
  private final Checks checks;
  private final Visitor visitor;
  private final Register register;
  private final Audit audit;
  private final TransactionOperations transactions;

  CheckApi(
      Monitoring monitoring,
      Checks checks,
      Visitor visitor,
      Register register,
      Audit audit,
      TransactionOperations transactions) {
    this.monitoring = monitoring;
    this.checks = checks;
    this.visitor = visitor;
    this.register = register;
    this.audit = audit;
    this.transactions = transactions;
  }

  /** A check as shown; durations in seconds. */
  record Shown(
      String name,
      Label label,
      String faultClass,
      String appliesTo,
      long interval,
      long retryInterval,
      int bad,
      int of) {}

  /**
   * What to try.
   *
   * @param check the YAML text
   * @param on any key of the machine
   * @param name of the file, for complaints; may be absent
   */
  record Try(@Nullable String check, @Nullable String on, @Nullable String name) {}

  /** What it said. */
  record Tried(String check, @Nullable String assetNo, boolean applies, List<Said> readings) {}

  /** One reading. */
  record Said(
      String component,
      String verdict,
      String severity,
      Label summary,
      Map<String, Object> evidence) {
    static Said of(Reading reading) {
      return new Said(
          reading.component(),
          reading.verdict().name(),
          reading.severity().name(),
          reading.summary(),
          reading.evidence());
    }
  }

  @GetMapping
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  List<Shown> all() {
    return monitoring.checks().stream()
        .map(c ->
            new Shown(
                c.name(),
                c.label(),
                c.faultClass(),
                c.appliesTo(),
                c.interval().toSeconds(),
                c.retryInterval().toSeconds(),
                c.bad(),
                c.of()))
        .toList();
  }

  /**
   * Judges once; no observation is stored. The section is a shell text run as root on the machine,
   * so this is an administrator's, and the record has it before it runs.
   */
  @PostMapping("/try")
  @Allow(Role.ADMINISTRATOR)
  Tried tryOnce(@RequestBody Try body, Viewer viewer) {
    String file = Objects.requireNonNullElse(body.name(), "check.yml");
    DataCheck check = CheckFile.read(file, Objects.requireNonNullElse(body.check(), ""));
    MachineDoc machine = machine(Objects.requireNonNullElse(body.on(), ""), viewer);
    boolean applies = checks.query(check).matches(machine.doc());
    transactions.executeWithoutResult(status -> record(check, machine, viewer));
    return new Tried(
        check.name(),
        machine.text("asset_no").orElse(null),
        applies,
        visitor.look(machine, check).stream().map(Said::of).toList());
  }

  private void record(DataCheck check, MachineDoc machine, Viewer viewer) {
    audit.record(
        viewer.actor(),
        "check.tried",
        "machine:" + machine.text("asset_no").orElse(machine.id().toString()),
        null,
        Map.of(
            "check",
            check.name(),
            "sha256",
            sha256(check.script()),
            "section",
            RemoteText.cut(check.script(), KEPT)));
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private MachineDoc machine(String key, Viewer viewer) {
    List<Resolution.Hit> hits = register.find(key, viewer).hits();
    if (hits.size() > 1)
      throw Problem.conflict(
          key + " 对应 " + hits.size() + " 台机器，请写得更准确",
          key + " leads to " + hits.size() + " machines: be more exact");
    if (hits.isEmpty()) throw Problem.notFound("machine", key);
    return register
        .machine(hits.getFirst().id())
        .orElseThrow(() -> Problem.notFound("machine", key));
  }
}
