package io.fettle.cmdb;

import io.fettle.web.HealthPart;
import org.springframework.stereotype.Component;

/** Whether the register keeps up with what was declared. */
@Component
class RegisterHealth implements HealthPart {
  private final CmdbTick tick;
  private final Intents intents;

  RegisterHealth(CmdbTick tick, Intents intents) {
    this.tick = tick;
    this.intents = intents;
  }

  @Override
  public String name() {
    return "register";
  }

  @Override
  public State check() {
    if (!tick.trouble().isEmpty())
      return State.bad("后台整理停住了：" + tick.trouble(), "timed work fails: " + tick.trouble());
    var broken = intents.broken();
    if (broken.isEmpty()) return State.fine("登记与期望均已跟上", "register and intents are up to date");
    var first = broken.getFirst();
    String where = first.file() + ":" + first.line() + ":" + first.column() + " ";
    return State.bad(
        "期望文件不可用，沿用旧内容：" + where + first.why().zh(),
        "an intent file cannot be used, its old content stays: " + where + first.why().en());
  }
}
