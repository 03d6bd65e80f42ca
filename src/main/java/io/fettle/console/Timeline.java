package io.fettle.console;

import io.fettle.cmdb.History;
import io.fettle.fault.Fault;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened to a machine: its faults and the changes of its record, newest first. Pure. */
public final class Timeline {
  private Timeline() {}

  /**
   * One thing that happened.
   *
   * @param link where to read on; null when there is nothing more
   */
  public record Entry(Instant at, Tone tone, Label what, Label detail, @Nullable String link) {}

  static List<Entry> of(
      List<History.Entry> changes, List<Fault> faults, ClassNames names, int limit) {
    List<Entry> all = new ArrayList<>();
    for (Fault fault : faults) {
      Label name = names.of(fault.faultClass());
      String link = "/faults/" + fault.id();
      Instant seen = fault.confirmedAt() == null ? fault.openedAt() : fault.confirmedAt();
      all.add(
          new Entry(
              seen,
              fault.confirmedAt() == null ? Tone.UNKNOWN : Tone.BAD,
              fault.confirmedAt() == null
                  ? join("疑似：", "Suspected: ", name)
                  : join("确认故障：", "Fault confirmed: ", name),
              fault.summary(),
              link));
      if (fault.recoveredAt() != null)
        all.add(
            new Entry(
                fault.recoveredAt(), Tone.OK, join("恢复：", "Recovered: ", name), by(fault), link));
    }
    for (History.Entry change : changes) all.add(entry(change));
    all.sort(Comparator.comparing(Entry::at).reversed());
    return all.subList(0, Math.min(limit, all.size()));
  }

  private static Label by(Fault fault) {
    String by = fault.fixedBy() == null ? "" : fault.fixedBy();
    return switch (by) {
      case "run" -> new Label("自动修复", "repaired automatically");
      case "self" -> new Label("自行恢复", "went away by itself");
      case "human" -> new Label("人工修复", "repaired by a person");
      case "field" -> new Label("现场修复", "repaired on site");
      default -> Label.same(by);
    };
  }

  private static Entry entry(History.Entry change) {
    if (change.registration())
      return new Entry(
          change.at(),
          Tone.OK,
          new Label("登记", "Registered"),
          Label.same(change.source() + " · " + change.actor()),
          null);
    String old = change.old() == null ? "–" : MachineFacts.shown(change.old());
    String now = change.now() == null ? "–" : MachineFacts.shown(change.now());
    Label detail = Label.same(old + " → " + now + " · " + change.source());
    return new Entry(change.at(), Tone.UNKNOWN, change.label(), detail, null);
  }

  private static Label join(String zh, String en, Label name) {
    return new Label(zh + name.zh(), en + name.en());
  }
}
