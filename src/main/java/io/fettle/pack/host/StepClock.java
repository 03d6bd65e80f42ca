package io.fettle.pack.host;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Brings the machine's time service back and lets it step the clock. Fettle never sets a clock
 * itself; where the time service's source and Fettle's own clock disagree, a person has to say
 * which of them is right.
 */
@Component
class StepClock implements Action {
  private static final double AGREE = 2.0;

  private static final String SCRIPT =
      """
      offset() { timeout 5 chronyc -n -c tracking 2>/dev/null | cut -d, -f5 | tr -d -; }
      small() { case "$1" in ''|*[!0-9.]*) return 1 ;; esac; [ "${1%%.*}" -lt 1 ]; }
      changed=
      synced() { case "$(timeout 5 chronyc -n -c tracking 2>/dev/null | cut -d, -f14)" in Normal|Insert*|Delete*) true ;; *) false ;; esac; }
      stuck() { [ -n "$changed" ] || refused "$1" "$2"; say trouble "$1"; exit 1; }
      pgrep -x 'ptp4l|phc2sys' >/dev/null 2>&1 && refused 'PTP keeps its time' '时间由 PTP 保持'
      unit= state=none
      for u in chrony chronyd systemd-timesyncd ntpsec ntp ntpd; do
        systemctl is-active --quiet "$u" 2>/dev/null && { unit=$u; state=active; break; }
      done
      if [ -z "$unit" ]; then
        for u in chrony chronyd systemd-timesyncd ntpsec ntp ntpd; do
          systemctl cat "$u" >/dev/null 2>&1 && systemctl is-enabled "$u" >/dev/null 2>&1 && { unit=$u; break; }
        done
        if [ -n "$unit" ]; then
          state=$(systemctl is-active "$unit" 2>/dev/null)
          changed=yes
          timeout 30 systemctl restart "$unit" || stuck "$unit does not start" "$unit 启动不了"
          say step "systemctl restart $unit (it was $state)"
        fi
      fi
      command -v chronyc >/dev/null 2>&1 || { [ -n "$unit" ] || refused 'there is no time service on it' '机器上没有时间服务'; done_ "$unit runs" "$unit 在运行"; }
      n=0
      until synced; do
        n=$((n + 1)); [ "$n" -lt 15 ] || stuck 'chrony follows no source' 'chrony 没有跟上任何时间源'
        sleep 1
      done
      small "$(offset)" && done_ 'chrony says that the clock is right' 'chrony 认为时钟准确'
      [ "$step" = yes ] || done_ "chrony runs and follows a source; it is $(offset) s off, not stepped before that is compared with Fettle's clock" "chrony 在运行并跟着时间源；偏差 $(offset) 秒，与 Fettle 的时钟比对之前不校时"
      said=$(timeout 10 chronyc makestep 2>&1) || stuck "chronyc makestep: $said" "chronyc makestep：$said"
      say step "chronyc makestep: $said"
      n=0
      until synced && small "$(offset)"; do
        n=$((n + 1)); [ "$n" -lt 15 ] || { say left "$(offset)"; exit 1; }
        sleep 1
      done
      done_ "stepped; chrony now says $(offset) s" "已校时；chrony 现在报偏差 $(offset) 秒"
      """;

  @Override
  public String name() {
    return "host.step_clock";
  }

  @Override
  public Label label() {
    return new Label("校准时钟", "Let the time service step the clock");
  }

  @Override
  public Effect effect() {
    return Effect.DISRUPTIVE;
  }

  @Override
  public Idempotence idempotence() {
    return Idempotence.STATE;
  }

  @Override
  public Duration timeLimit() {
    return Duration.ofMinutes(2);
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    if (!(context.evidence().get(ClockCheck.CHRONY) instanceof Number chrony))
      return Optional.empty();
    if (!(context.evidence().get(ClockCheck.AHEAD) instanceof Number ahead))
      return Optional.empty();
    double apart = Math.abs(ahead.doubleValue() + chrony.doubleValue());
    double unsure =
        context.evidence().get(ClockCheck.UNSURE) instanceof Number took ? took.doubleValue() : 0;
    if (Math.abs(chrony.doubleValue()) <= ClockCheck.TOLERATED || apart <= AGREE + unsure)
      return Optional.empty();
    return Optional.of(
        new Label(
            "chrony 的时间源与 Fettle 的时钟不一致（%.1f 秒与 %.1f 秒），须由人判断谁对"
                .formatted(-chrony.doubleValue(), ahead.doubleValue()),
            "chrony's source and Fettle's clock disagree (%.1f s and %.1f s); a person has to say which is right"
                .formatted(-chrony.doubleValue(), ahead.doubleValue())));
  }

  @Override
  public Result run(ActionContext context) {
    boolean compared = context.evidence().get(ClockCheck.CHRONY) instanceof Number;
    return Deed.run(
        context, "step=" + (compared ? "yes" : "no") + "\n" + SCRIPT, Duration.ofSeconds(100));
  }

  @Override
  public Presence probe(ActionContext context) {
    return Deed.probe(
        context,
        """
        o=$(timeout 5 chronyc -n -c tracking 2>/dev/null | cut -d, -f5 | tr -d -)
        case "$o" in ''|*[!0-9.]*) exit 1 ;; esac
        [ "${o%%.*}" -lt 1 ] && done_ "$o"
        refused "$o"
        """);
  }
}
