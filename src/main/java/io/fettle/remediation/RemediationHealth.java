package io.fettle.remediation;

import io.fettle.kernel.Label;
import io.fettle.web.HealthPart;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/** Whether repairs go on: files in force as written, and a sweep that reaches the database. */
@Component
class RemediationHealth implements HealthPart {
  private final Shelf shelf;
  private final AtomicReference<String> failure = new AtomicReference<>("");

  RemediationHealth(Shelf shelf) {
    this.shelf = shelf;
  }

  void swept() {
    failure.set("");
  }

  void failed(RuntimeException e) {
    failure.set(e.getClass().getSimpleName());
  }

  @Override
  public String name() {
    return "remediation";
  }

  @Override
  public State check() {
    if (!failure.get().isEmpty())
      return State.bad(
          "够不到数据库，不开始任何新动作；恢复后自动继续（" + failure.get() + "）",
          "The database cannot be reached: no new action starts; goes on by itself ("
              + failure.get()
              + ")");
    if (!shelf.complaints().isEmpty()) {
      String lines = String.join("\n", shelf.complaints().stream().limit(20).toList());
      return new State(
          false, new Label("策略或预案文件有误：\n" + lines, "Policy or runbook files are wrong:\n" + lines));
    }
    int policies = shelf.policies().size();
    return State.fine(policies + " 条策略生效", policies + " policies in force");
  }
}
