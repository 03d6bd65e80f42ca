package io.fettle.audit;

import io.fettle.web.HealthPart;
import org.springframework.stereotype.Component;

/** Says whether the record is being sealed. */
@Component
class AuditHealth implements HealthPart {
  private final SealTick tick;

  AuditHealth(SealTick tick) {
    this.tick = tick;
  }

  @Override
  public String name() {
    return "audit";
  }

  @Override
  public State check() {
    return tick.failing()
        ? State.bad(
            "审计记录暂时没有封存（数据库无响应？）",
            "Audit rows are not being sealed (the database does not answer?)")
        : State.fine("审计记录在一秒内封存", "Audit rows are sealed within a second");
  }
}
