package io.fettle.remediation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Policy and runbook files: what is taken, what is refused and how it is said. */
class ShelfTest {
  private final FakeRegister register = new FakeRegister();
  private final Map<String, String> policies = new TreeMap<>(Map.of("nic.yml", Rig.POLICY));
  private final Map<String, String> runbooks =
      new TreeMap<>(Map.of("set.yml", Rig.SET_MODE, "kick.yml", Rig.KICK));
  private final Cards cards = new Cards();
  private final Shelf shelf =
      new Shelf(
          register,
          RemediationRoom.byName(
              List.of(
                  cards.action("test.set", Action.Idempotence.STATE),
                  cards.action("test.kick", Action.Idempotence.NONE),
                  new Wipe())),
          new PolicyReader(register, RemediationSettings.defaults(false)),
          new Shelf.Files() {
            @Override
            public Map<String, String> policies() {
              return policies;
            }

            @Override
            public Map<String, String> runbooks() {
              return runbooks;
            }
          });

  private List<String> complaintsAbout(String policy) {
    policies.put("nic.yml", policy);
    shelf.reload();
    return shelf.complaints();
  }

  @Test
  void aGoodFileIsInForceAsWritten() {
    shelf.reload();

    assertThat(shelf.complaints()).isEmpty();
    Policy policy = shelf.policy("nic-mode").orElseThrow();
    assertThat(policy.ladder())
        .extracting(Policy.Rung::runbook)
        .containsExactly("set-mode", "kick");
    assertThat(policy.verify())
        .isEqualTo(new Policy.Proof(Duration.ofSeconds(3), 1, Duration.ofSeconds(60)));
    assertThat(policy.escalateAfter()).isEqualTo(Duration.ofMinutes(45));
    assertThat(policy.maxAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(policy.rungAt(0)).contains(0);
    assertThat(policy.rungAt(1)).contains(0);
    assertThat(policy.rungAt(2)).contains(1);
    assertThat(policy.rungAt(3)).isEmpty();
  }

  @Test
  void aBrokenFileIsNamedWithLineAndColumnAndTheOldOneStays() {
    shelf.reload();
    String before = shelf.policy("nic-mode").orElseThrow().revision();

    assertThat(complaintsAbout(Rig.POLICY.replace("verify:", "verifi:")))
        .anyMatch(c ->
            c.startsWith("nic.yml:8:1: ")
                && c.contains("unknown key 'verifi'")
                && c.contains("last good version"));
    assertThat(complaintsAbout(Rig.POLICY.replace("settle: 3s", "settle: soon")))
        .anyMatch(c -> c.startsWith("nic.yml:8:10: verify/settle: "));
    assertThat(complaintsAbout(Rig.POLICY.replace("budget:", "  budget: {")))
        .singleElement()
        .asString()
        .startsWith("nic.yml:")
        .contains("last good version");
    assertThat(complaintsAbout(""))
        .singleElement()
        .asString()
        .startsWith("nic.yml:1:1: the file is empty");
    assertThat(complaintsAbout(Rig.POLICY + "name: again\n"))
        .singleElement()
        .asString()
        .contains("nic.yml:14:1")
        .contains("twice");
    assertThat(shelf.policy("nic-mode").orElseThrow().revision()).isEqualTo(before);

    assertThat(complaintsAbout(Rig.POLICY.replace("45m", "50m"))).isEmpty();
    assertThat(shelf.policy("nic-mode").orElseThrow().revision()).isNotEqualTo(before);
  }

  @Test
  void aSelectorMustNarrowTheFleet() {
    assertThat(complaintsAbout(Rig.POLICY.replace("intent.bmc.nic_mode != null", "true")))
        .singleElement()
        .asString()
        .startsWith("nic.yml:4:")
        .contains("narrows nothing");
    assertThat(complaintsAbout(Rig.POLICY.replace("\"intent.bmc.nic_mode != null\"", "\"\"")))
        .singleElement()
        .asString()
        .startsWith("nic.yml:4:");
    assertThat(complaintsAbout(Rig.POLICY.replace("intent.bmc.nic_mode != null", "what is this")))
        .singleElement()
        .asString()
        .startsWith("nic.yml:4:")
        .contains("cannot read");
    assertThat(shelf.policies()).isEmpty();
  }

  @Test
  void twoOwnersOfOneMachineAreRefusedWithAnExample() {
    register.add("A0042", "R7", "dedicated");
    policies.put(
        "two.yml",
        Rig.POLICY
            .replace("name: nic-mode", "name: other")
            .replace("intent.bmc.nic_mode != null", "placement.rack == 'R7'"));
    shelf.reload();

    assertThat(shelf.complaints())
        .singleElement()
        .asString()
        .contains("two.yml")
        .contains("nic-mode")
        .contains("other")
        .contains("A0042");
    assertThat(shelf.policies()).extracting(Policy::name).containsExactly("nic-mode");
  }

  @Test
  void whatIsNamedMustExistAndNothingDestructiveRunsByItself() {
    runbooks.put("kick.yml", Rig.KICK.replace("test.kick", "test.nothing"));
    shelf.reload();
    assertThat(shelf.complaints())
        .anyMatch(c -> c.startsWith("kick.yml:4:14: no action is called test.nothing"))
        .anyMatch(c -> c.startsWith("nic.yml:7:15: no runbook is called kick"));
    assertThat(shelf.policies()).isEmpty();

    runbooks.put("kick.yml", Rig.KICK.replace("test.kick", "test.wipe"));
    shelf.reload();
    assertThat(shelf.complaints())
        .anyMatch(c -> c.contains("test.wipe is destructive and never runs by itself"));
  }

  /** Never to be run by a policy. */
  private static final class Wipe implements Action {
    @Override
    public String name() {
      return "test.wipe";
    }

    @Override
    public Label label() {
      return Label.same("wipe");
    }

    @Override
    public Effect effect() {
      return Effect.DESTRUCTIVE;
    }

    @Override
    public Idempotence idempotence() {
      return Idempotence.NONE;
    }

    @Override
    public Duration timeLimit() {
      return Duration.ofSeconds(1);
    }

    @Override
    public Optional<Label> refuses(ActionContext context) {
      return Optional.empty();
    }

    @Override
    public Result run(ActionContext context) {
      throw new AssertionError("a destructive action ran");
    }

    @Override
    public Presence probe(ActionContext context) {
      return Presence.UNKNOWN;
    }
  }
}
