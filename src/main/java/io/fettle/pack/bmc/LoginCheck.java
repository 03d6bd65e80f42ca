package io.fettle.pack.bmc;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.reach.Reach;
import io.fettle.transport.ipmi.IpmiFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Can the assigned account log in to the card as administrator? A card that answers nobody is
 * another fault (bmc.reachable); a machine without an assigned account is not judged.
 */
@Component
class LoginCheck implements Check {
  static final int CHANNEL = 1;

  private final Reach reach;

  LoginCheck(Reach reach) {
    this.reach = reach;
  }

  @Override
  public String name() {
    return "bmc.login";
  }

  @Override
  public Label label() {
    return new Label("管理卡登录", "Card log-in");
  }

  @Override
  public String appliesTo() {
    return "bmc.address != null";
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    return reach.cardUser(machine.id()).map(name -> CardAccount.script(name, CHANNEL));
  }

  @Override
  public boolean patient() {
    return true;
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<String> user = reach.cardUser(visit.machine().id());
    if (user.isEmpty()) return List.of();
    try {
      if (!visit.cardAnswers())
        return List.of(
            Reading.unknown(
                "",
                new Label("管理卡无应答，见 bmc.reachable", "The card does not answer, see bmc.reachable"),
                Map.of()));
      Optional<LoginCause> cause = LoginCause.of(visit.ipmi(LoginCause.LEVEL));
      if (cause.isPresent()) return List.of(bad(visit, user.get(), cause.get(), ""));
      Label ok = new Label("账号 " + user.get() + " 可以登录", user.get() + " can log in");
      return List.of(Reading.ok("", ok, Map.of("user", user.get())));
    } catch (IpmiFailure e) {
      Optional<LoginCause> cause = LoginCause.of(e);
      if (cause.isPresent())
        return List.of(bad(visit, user.get(), cause.get(), String.valueOf(e.getMessage())));
      if (e.kind() == IpmiFailure.Kind.NO_ADDRESS || e.kind() == IpmiFailure.Kind.NO_CREDENTIAL)
        return List.of();
      Label why = new Label("登录未能判定：" + e.getMessage(), "Cannot judge: " + e.getMessage());
      return List.of(Reading.unknown("", why, Map.of("kind", e.kind().name())));
    }
  }

  private Reading bad(Visit visit, String user, LoginCause seen, String said) {
    List<Exchange> exchanges =
        visit.section(this).map(s -> InBand.read(s.out()).exchanges()).orElse(List.of());
    LoginCause cause = refine(seen, exchanges);
    Map<String, Object> evidence = new HashMap<>();
    evidence.put("cause", cause.word());
    evidence.put("user", user);
    if (!said.isEmpty()) evidence.put("said", said);
    CardAccount.of(exchanges).ifPresent(a -> evidence.put("account", a.toString()));
    evidence.put("in_band", Exchange.lines(exchanges));
    Label summary =
        new Label(
            "账号 %s 无法登录：%s".formatted(user, cause.label().zh()),
            "%s cannot log in: %s".formatted(user, cause.label().en()));
    return Reading.bad("", Severity.WARNING, summary, evidence);
  }

  /** Out of band, a missing and a disabled account look the same; in band they do not. */
  private static LoginCause refine(LoginCause seen, List<Exchange> exchanges) {
    if (seen != LoginCause.USER_UNKNOWN || !CardAccount.looked(exchanges)) return seen;
    Optional<CardAccount> account = CardAccount.of(exchanges);
    if (account.isEmpty()) return LoginCause.USER_MISSING;
    return account.get().cause().orElse(LoginCause.USER_DISABLED);
  }
}
