package io.fettle.remediation;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Severity;
import io.fettle.remediation.action.Action;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Turns the text of one YAML file into a policy or a runbook, or says where it is wrong. */
final class PolicyReader {
  private final Register register;
  private final RemediationSettings settings;
  private final Schema policySchema;
  private final Schema runbookSchema;

  PolicyReader(Register register, RemediationSettings settings) {
    this.register = register;
    this.settings = settings;
    var schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    policySchema = schemas.getSchema(resource("/schema/policy.schema.json"), InputFormat.JSON);
    runbookSchema = schemas.getSchema(resource("/schema/runbook.schema.json"), InputFormat.JSON);
  }

  Policy policy(String file, String text) {
    YamlFile yaml = YamlFile.read(file, text, policySchema);
    JsonNode root = yaml.root();
    return new Policy(
        root.get("name").asString(),
        label(root.get("label")),
        root.at("/for/class").asString(),
        Severity.valueOf(text(root, "/for/min_severity", "warning").toUpperCase(Locale.ROOT)),
        selector(yaml),
        rungs(root.get("ladder")),
        duration(root, "/confirm/max_age", "10m"),
        new Policy.Proof(
            Optional.ofNullable(settings.settle())
                .orElseGet(() -> duration(root, "/verify/settle", "60s")),
            Optional.ofNullable(settings.ok()).orElseGet(() -> number(root, "/verify/ok", 2)),
            duration(root, "/verify/deadline", "10m")),
        budgets(yaml),
        new Policy.BreakerRule(
            number(root, "/breaker/window", 20),
            number(root, "/breaker/verify_fail", 3),
            number(root, "/breaker/relapse", 2),
            duration(root, "/breaker/cooldown", "30m")),
        duration(root, "/escalate/after", "45m"),
        digest(text),
        file);
  }

  /** What is wrong with a step's parameters, by what its action says of them. */
  interface Judge {
    List<Action.Complaint> of(Runbook.Step step);
  }

  Runbook runbook(String file, String text, Judge judge) {
    YamlFile yaml = YamlFile.read(file, text, runbookSchema);
    Runbook runbook =
        new Runbook(
            yaml.root().get("name").asString(),
            label(yaml.root().get("label")),
            steps(yaml, "/steps"),
            steps(yaml, "/undo"),
            digest(text),
            file);
    List<String> complaints = new ArrayList<>();
    judge(yaml, "/steps/", runbook.steps(), judge, complaints);
    judge(yaml, "/undo/", runbook.undo(), judge, complaints);
    if (!complaints.isEmpty()) throw new YamlFile.BadFile(complaints);
    return runbook;
  }

  private static void judge(
      YamlFile yaml, String list, List<Runbook.Step> steps, Judge judge, List<String> complaints) {
    for (int i = 0; i < steps.size(); i++)
      for (Action.Complaint wrong : judge.of(steps.get(i))) {
        String field = "params" + (wrong.param().isEmpty() ? "" : "/" + wrong.param());
        String pointer = list + i + "/" + field;
        complaints.addAll(
            yaml.bad(pointer, pointer.substring(1) + ": " + wrong.why().en()).complaints());
      }
  }

  private Query selector(YamlFile yaml) {
    Query where = query(yaml, "/where");
    if (where.unbounded())
      throw yaml.bad(
          "/where", "the selector narrows nothing; say on which machines this policy may act");
    return where;
  }

  private Query query(YamlFile yaml, String pointer) {
    try {
      return register.query(yaml.root().at(pointer).asString());
    } catch (Problem e) {
      throw yaml.bad(pointer, e.title().en());
    }
  }

  private List<Policy.Rung> rungs(JsonNode ladder) {
    List<Policy.Rung> rungs = new ArrayList<>();
    for (JsonNode rung : ladder)
      rungs.add(
          new Policy.Rung(
              rung.get("runbook").asString(),
              number(rung, "/attempts", 1),
              duration(rung, "/cooldown", "10m")));
    return rungs;
  }

  private List<Policy.Budget> budgets(YamlFile yaml) {
    Map<Policy.Scope, Policy.Budget> budgets = new LinkedHashMap<>();
    int i = 0;
    for (JsonNode node : yaml.root().get("budget")) {
      var scope = Policy.Scope.valueOf(node.get("scope").asString().toUpperCase(Locale.ROOT));
      Optional<Policy.Rate> per =
          node.has("per")
              ? Optional.of(
                  new Policy.Rate(
                      node.at("/per/count").asInt(), duration(node, "/per/window", "1h")))
              : Optional.empty();
      var budget = new Policy.Budget(scope, node.get("concurrent").asInt(), per);
      if (budgets.put(scope, budget) != null)
        throw yaml.bad("/budget/" + i, "scope " + node.get("scope").asString() + " stands twice");
      i++;
    }
    return List.copyOf(budgets.values());
  }

  private List<Runbook.Step> steps(YamlFile yaml, String pointer) {
    List<Runbook.Step> steps = new ArrayList<>();
    int i = 0;
    for (JsonNode node : yaml.root().at(pointer)) {
      Map<String, Object> params = new LinkedHashMap<>();
      for (var entry : node.path("params").properties())
        params.put(entry.getKey(), plain(entry.getValue()));
      Optional<Query> when =
          node.has("when")
              ? Optional.of(query(yaml, pointer + "/" + i + "/when"))
              : Optional.empty();
      steps.add(new Runbook.Step(node.get("action").asString(), params, when));
      i++;
    }
    return steps;
  }

  /** A JSON scalar as a plain Java value. */
  static Object plain(JsonNode value) {
    if (value.isBoolean()) return value.asBoolean();
    if (value.isIntegralNumber()) return value.asLong();
    if (value.isNumber()) return value.asDouble();
    return value.asString();
  }

  private static Label label(JsonNode node) {
    return new Label(node.get("zh").asString(), node.get("en").asString());
  }

  private static String text(JsonNode node, String pointer, String otherwise) {
    return node.at(pointer).isMissingNode() ? otherwise : node.at(pointer).asString();
  }

  private static int number(JsonNode node, String pointer, int otherwise) {
    return node.at(pointer).isMissingNode() ? otherwise : node.at(pointer).asInt();
  }

  private Duration duration(JsonNode node, String pointer, String otherwise) {
    String text = text(node, pointer, otherwise);
    long n = Long.parseLong(text.substring(0, text.length() - 1));
    return settings.hurry(
        switch (text.charAt(text.length() - 1)) {
          case 's' -> Duration.ofSeconds(n);
          case 'm' -> Duration.ofMinutes(n);
          case 'h' -> Duration.ofHours(n);
          default -> Duration.ofDays(n);
        });
  }

  private static String digest(String text) {
    try {
      byte[] sha =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String path) {
    try (InputStream in = PolicyReader.class.getResourceAsStream(path)) {
      if (in == null) throw new IllegalStateException("missing " + path);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
