package io.fettle.pack.account;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.reach.Reach;
import io.fettle.transport.ssh.OneTimeKey;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Proves a log-in by logging in: with an ed25519 key that lives for this one proof, as the user, on
 * a new connection. What was put on the machine and what it answered goes to the transcript; the
 * key's line is taken away afterwards, and expires by itself should Fettle die in between.
 */
final class LoginProof {
  private static final Duration LIFE = Duration.ofMinutes(3);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern ID = Pattern.compile("(?m)^uid=(\\d{1,10})\\(([^)]{1,64})\\).*$");

  private final Reach reach;
  private final AssetId machine;
  private final Declared declared;
  private final Facts facts;
  private final Consumer<String> transcript;
  private final String tag = tag();

  LoginProof(
      Reach reach, AssetId machine, Declared declared, Facts facts, Consumer<String> transcript) {
    this.reach = reach;
    this.machine = machine;
    this.declared = declared;
    this.facts = facts;
    this.transcript = transcript;
  }

  /** What came of it. */
  sealed interface Outcome {
    /** Logged in; what {@code id} said. */
    record Proven(String id) implements Outcome {}

    /** The machine did not let the user in, or let in somebody else. */
    record Refused(Label why) implements Outcome {}

    /** It cannot be tried on this machine, which says nothing of the account. */
    record NotTried(Label why) implements Outcome {}

    /** It may not be tried now. */
    record Later(Label why) implements Outcome {}
  }

  Outcome run() {
    Optional<Label> obstacle = obstacle();
    if (obstacle.isPresent()) return new Outcome.NotTried(obstacle.get());
    String file = facts.node("file").map(Facts.Node::path).orElseThrow();
    try (OneTimeKey key = OneTimeKey.make()) {
      Optional<Label> trouble = put(file, key.publicKey());
      if (trouble.isPresent()) return new Outcome.NotTried(trouble.get());
      Outcome outcome = logIn(key);
      List<String> log = take(file);
      return outcome instanceof Outcome.Refused(Label why) && !log.isEmpty()
          ? new Outcome.Refused(
              label(why.zh() + "；sshd：", why.en() + "; sshd: ", String.join(" | ", log)))
          : outcome;
    }
  }

  private Optional<Label> obstacle() {
    if (declared.name().equals("root"))
      return Optional.of(new Label("从不以 root 登录", "never as root"));
    if (facts.node("file").isEmpty() || facts.sshd("authorizedkeysfile").contains("none"))
      return Optional.of(new Label("sshd 不读该账号的公钥文件", "sshd reads no key file of this account"));
    if (facts.sshd("pubkeyauthentication").contains("no"))
      return Optional.of(new Label("sshd 不接受公钥", "sshd takes no keys"));
    if (facts.one("no_ed25519").isPresent())
      return Optional.of(new Label("sshd 不接受 ed25519 公钥", "sshd takes no ed25519 keys"));
    List<String> methods = facts.sshd("authenticationmethods");
    boolean keyIsEnough =
        methods.isEmpty()
            || methods.stream().anyMatch(m -> List.of(m.split(" ")).contains("publickey"))
            || methods.contains("any");
    return keyIsEnough
        ? Optional.empty()
        : Optional.of(
            label("sshd 要求的不止公钥：", "sshd wants more than a key: ", String.join(" ", methods)));
  }

  private Optional<Label> put(String file, String publicKey) {
    transcript.accept("→ one-time key " + tag + " into " + file);
    SshOutcome outcome = root(OneTimeLine.put(declared, file, publicKey, tag, LIFE));
    if (outcome instanceof SshOutcome.Ran ran && ran.exit() == 0) {
      transcript.accept("← " + said(ran));
      return Optional.empty();
    }
    Label why = why(outcome);
    transcript.accept("× " + why.en());
    if (outcome instanceof SshOutcome.Failed failed && failed.maybeStarted()) take(file);
    return Optional.of(
        new Label("一次性密钥放不进去：" + why.zh(), "the one-time key could not be put there: " + why.en()));
  }

  private Outcome logIn(OneTimeKey key) {
    transcript.accept("→ ssh " + declared.name() + "@…: id");
    SshOutcome outcome =
        reach.sshAs(
            machine, declared.name(), key.privateKey(), new SshCommand("id", false, LIMIT, 8_192));
    return switch (outcome) {
      case SshOutcome.Failed failed -> {
        transcript.accept("× " + failed.why());
        yield failed.kind() == SshOutcome.Kind.AUTH_REFUSED
                || failed.maybeStarted()
                || failed.kind() == SshOutcome.Kind.BROKEN_BEFORE_SEND
            ? new Outcome.Refused(failed.words())
            : new Outcome.NotTried(failed.words());
      }
      case SshOutcome.Ran ran -> {
        String said = (ran.out() + ran.err()).strip();
        transcript.accept("← exit " + ran.exit() + " " + said);
        yield judge(ran.exit(), ran.out(), said);
      }
    };
  }

  private Outcome judge(int exit, String out, String said) {
    Matcher id = ID.matcher(out);
    if (exit != 0 || !id.find())
      return new Outcome.Refused(
          label(
              "已让登录，但 id 没有运行，退出码 " + exit + "：",
              "let in, but id did not run (exit " + exit + "): ",
              said));
    boolean same =
        id.group(2).equals(declared.name()) && id.group(1).equals(facts.passwd(2).orElse(""));
    return same
        ? new Outcome.Proven(id.group())
        : new Outcome.Refused(label("登录成了别人：", "let in as somebody else: ", id.group()));
  }

  /** What sshd logged of the user, for the case that it was refused. */
  private List<String> take(String file) {
    for (int tries = 0; tries < 2; tries++) {
      SshOutcome outcome = root(OneTimeLine.take(declared, file, tag));
      if (outcome instanceof SshOutcome.Ran ran && ran.exit() == 0) {
        transcript.accept("← one-time key " + tag + " " + said(ran));
        return ran.out()
            .lines()
            .filter(l -> l.startsWith("log\t"))
            .map(l -> l.substring(4))
            .toList();
      }
      transcript.accept("× one-time key " + tag + ": " + why(outcome).en());
    }
    transcript.accept("! its line is still there; it expires within " + LIFE.toMinutes() + " min");
    return List.of();
  }

  private SshOutcome root(String script) {
    return reach.ssh(machine, new SshCommand(script, true, LIMIT, 16_384));
  }

  private static String said(SshOutcome.Ran ran) {
    return word(ran, "done").or(() -> word(ran, "refused")).orElse((ran.out() + ran.err()).strip());
  }

  private static Label why(SshOutcome outcome) {
    return switch (outcome) {
      case SshOutcome.Ran ran -> new Label(word(ran, "zh").orElse(said(ran)), said(ran));
      case SshOutcome.Failed failed -> failed.words();
    };
  }

  private static Optional<String> word(SshOutcome.Ran ran, String word) {
    return ran.out()
        .lines()
        .filter(l -> l.startsWith(word + "\t"))
        .map(l -> l.substring(word.length() + 1))
        .findFirst();
  }

  private static Label label(String zh, String en, String remote) {
    return new Label(zh + remote, en + remote);
  }

  private static String tag() {
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
