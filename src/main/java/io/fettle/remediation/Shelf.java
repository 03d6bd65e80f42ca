package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.remediation.YamlFile.BadFile;
import io.fettle.remediation.action.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The policies and runbooks in force. A file that breaks keeps its last good content; what is wrong
 * is listed with file, line and column.
 */
final class Shelf {
  /** Where the files come from: name to text, and names that could not be read. */
  interface Files {
    /** Policy files by name. */
    Map<String, String> policies();

    /** Runbook files by name. */
    Map<String, String> runbooks();
  }

  private record Content(
      Map<String, Policy> policies, Map<String, Runbook> runbooks, List<String> complaints) {}

  private final Register register;
  private final Map<String, Action> actions;
  private final PolicyReader reader;
  private final Files files;
  private final Map<String, Policy> goodPolicies = new TreeMap<>();
  private final Map<String, Runbook> goodRunbooks = new TreeMap<>();
  private Map<String, String> seen = Map.of();
  private volatile Content content = new Content(Map.of(), Map.of(), List.of());

  Shelf(Register register, Map<String, Action> actions, PolicyReader reader, Files files) {
    this.register = register;
    this.actions = Map.copyOf(actions);
    this.reader = reader;
    this.files = files;
  }

  /** All policies, by name. */
  List<Policy> policies() {
    return List.copyOf(content.policies.values());
  }

  Optional<Policy> policy(String name) {
    return Optional.ofNullable(content.policies.get(name));
  }

  Optional<Runbook> runbook(String name) {
    return Optional.ofNullable(content.runbooks.get(name));
  }

  Optional<Action> action(String name) {
    return Optional.ofNullable(actions.get(name));
  }

  /** Policies whose class and selector fit; more than one means that none may act. */
  List<Policy> owners(String faultClass, MachineDoc machine) {
    return content.policies.values().stream()
        .filter(p -> p.faultClass().equals(faultClass) && p.where().matches(machine.doc()))
        .toList();
  }

  /** What is wrong with the files, one line each; empty when all are in force as written. */
  List<String> complaints() {
    return content.complaints;
  }

  /** Looks at the files again; does nothing when none of them changed and none was wrong. */
  synchronized void reload() {
    Map<String, String> policies = files.policies();
    Map<String, String> runbooks = files.runbooks();
    Map<String, String> now = new TreeMap<>(policies);
    now.putAll(runbooks);
    now.putAll(editions(runbooks));
    if (now.equals(seen)) return;
    List<String> complaints = new ArrayList<>();
    goodRunbooks.keySet().retainAll(runbooks.keySet());
    goodPolicies.keySet().retainAll(policies.keySet());
    runbooks.forEach(
        (name, text) -> take(name, text, complaints, this::checkedRunbook, goodRunbooks));
    Map<String, Runbook> runbooksByName = runbooksByName(complaints);
    policies.forEach((name, text) ->
        take(name, text, complaints, (n, t) -> checkedPolicy(n, t, runbooksByName), goodPolicies));
    content = new Content(policiesByName(complaints), runbooksByName, List.copyOf(complaints));
    seen = now;
  }

  /** Of the actions that some runbook names and that judge its steps by what changes elsewhere. */
  private Map<String, String> editions(Map<String, String> runbooks) {
    Map<String, String> editions = new TreeMap<>();
    for (Action action : actions.values())
      if (runbooks.values().stream().anyMatch(text -> text.contains(action.name())))
        editions.put("action " + action.name(), action.edition());
    return editions;
  }

  /** Each step of any runbook in force that does this. */
  List<Remediation.StepUse> uses(String action) {
    List<Remediation.StepUse> uses = new ArrayList<>();
    Content now = content;
    for (Runbook runbook : now.runbooks.values()) {
      List<String> policies =
          now.policies.values().stream()
              .filter(p -> p.ladder().stream().anyMatch(r -> r.runbook().equals(runbook.name())))
              .map(Policy::name)
              .toList();
      List<Runbook.Step> all = new ArrayList<>(runbook.steps());
      all.addAll(runbook.undo());
      for (Runbook.Step step : all)
        if (step.action().equals(action))
          uses.add(new Remediation.StepUse(runbook.name(), policies, step.params()));
    }
    return uses;
  }

  private interface Reading<T> {
    T read(String name, String text);
  }

  private static <T> void take(
      String name, String text, List<String> complaints, Reading<T> reading, Map<String, T> good) {
    try {
      good.put(name, reading.read(name, text));
    } catch (BadFile e) {
      String kept = good.containsKey(name) ? " (the last good version stays in force)" : "";
      e.complaints().forEach(c -> complaints.add(c + kept));
    }
  }

  private Runbook checkedRunbook(String name, String text) {
    Runbook runbook = reader.runbook(name, text, this::judged);
    List<String> complaints = new ArrayList<>();
    var all = new ArrayList<>(runbook.steps());
    all.addAll(runbook.undo());
    for (Runbook.Step step : all) {
      Action action = actions.get(step.action());
      if (action == null)
        complaints.add(
            name + ":" + line(text, step.action()) + ": no action is called " + step.action());
      else if (action.effect() == Action.Effect.DESTRUCTIVE)
        complaints.add(
            name
                + ":"
                + line(text, step.action())
                + ": "
                + step.action()
                + " is destructive and never runs by itself");
    }
    if (!complaints.isEmpty()) throw new BadFile(complaints);
    return runbook;
  }

  private List<Action.Complaint> judged(Runbook.Step step) {
    Action action = actions.get(step.action());
    return action == null ? List.of() : action.complaints(step.params());
  }

  private Policy checkedPolicy(String name, String text, Map<String, Runbook> runbooks) {
    Policy policy = reader.policy(name, text);
    List<String> complaints = new ArrayList<>();
    for (Policy.Rung rung : policy.ladder())
      if (!runbooks.containsKey(rung.runbook()))
        complaints.add(
            name + ":" + line(text, rung.runbook()) + ": no runbook is called " + rung.runbook());
    if (!complaints.isEmpty()) throw new BadFile(complaints);
    return policy;
  }

  private Map<String, Runbook> runbooksByName(List<String> complaints) {
    Map<String, Runbook> byName = new LinkedHashMap<>();
    for (Runbook runbook : goodRunbooks.values()) {
      Runbook first = byName.putIfAbsent(runbook.name(), runbook);
      if (first != null)
        complaints.add(
            runbook.file()
                + ":1:1: runbook "
                + runbook.name()
                + " is already defined in "
                + first.file());
    }
    return byName;
  }

  private Map<String, Policy> policiesByName(List<String> complaints) {
    Map<String, Policy> byName = new LinkedHashMap<>();
    for (Policy policy : goodPolicies.values()) {
      Policy first = byName.get(policy.name());
      Optional<String> clash =
          first != null
              ? Optional.of("policy " + policy.name() + " is already defined in " + first.file())
              : overlap(policy, byName);
      if (clash.isPresent()) complaints.add(policy.file() + ":1:1: " + clash.get());
      else byName.put(policy.name(), policy);
    }
    return byName;
  }

  /** A machine that both this policy and one already taken would own. */
  private Optional<String> overlap(Policy policy, Map<String, Policy> taken) {
    for (Policy other : taken.values()) {
      if (!other.faultClass().equals(policy.faultClass())) continue;
      Optional<AssetId> example = example(policy, other);
      if (example.isPresent())
        return Optional.of(
            "policies "
                + other.name()
                + " and "
                + policy.name()
                + " both own "
                + policy.faultClass()
                + " on "
                + name(example.get())
                + "; narrow one of them");
    }
    return Optional.empty();
  }

  private Optional<AssetId> example(Policy a, Policy b) {
    try {
      var both = register.query("(" + a.where().text() + ") and (" + b.where().text() + ")");
      return register.ids(both, null, 1).stream().findFirst();
    } catch (Problem e) {
      return Optional.empty();
    }
  }

  private String name(AssetId id) {
    return register.card(id).map(card -> card.name()).orElse(id.toString());
  }

  /** Line and column of the first mention of a word. */
  private static String line(String text, String word) {
    int at = Math.max(0, text.indexOf(word));
    String before = text.substring(0, at);
    long line = before.chars().filter(c -> c == '\n').count() + 1;
    return line + ":" + (at - (before.lastIndexOf('\n') + 1) + 1);
  }
}
