package io.fettle.pack.account;

import io.fettle.kernel.Label;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Facts in, causes out: why this account cannot log in as declared. Pure. */
final class WhyNot {
  /** What explains that PAM's account phase refuses. */
  private static final Set<Cause> OF_PAM =
      EnumSet.of(
          Cause.NOLOGIN,
          Cause.SHUTDOWN,
          Cause.EXPIRED,
          Cause.CHANGE_FORCED,
          Cause.PASSWORD_EXPIRED,
          Cause.FAILLOCK,
          Cause.LIMIT_ZERO,
          Cause.ACCESS_CONF);

  private final Declared declared;
  private final Facts facts;
  private final List<Because> found = new ArrayList<>();

  private WhyNot(Declared declared, Facts facts) {
    this.declared = declared;
    this.facts = facts;
  }

  /**
   * One cause.
   *
   * @param detail the fact behind it, as the machine said it; hostile text
   */
  record Because(Cause cause, Label detail) {
    /** The machine's own words, where the detail is nothing else. */
    String said() {
      return detail.en();
    }
  }

  /** In the order in which they are to be put right; empty when nothing stands in the way. */
  static List<Because> of(Declared declared, Facts facts) {
    WhyNot why = new WhyNot(declared, facts);
    why.machine();
    if (facts.passwd(0).isEmpty()) {
      Optional<String> sssd = facts.one("sssd_down");
      why.add(
          sssd.isPresent() ? Cause.NSS_DOWN : Cause.USER_MISSING,
          sssd.map(state -> "sssd: " + state).orElse(declared.name()));
    } else {
      why.identity();
      why.shadow();
      why.shell();
      why.folders();
      why.sshd();
      why.pam();
      why.sudo();
    }
    return List.copyOf(why.found);
  }

  /** True while the uid is not the declared one or not the account's alone. */
  static boolean whoseIsItInDoubt(Declared declared, Facts facts) {
    WhyNot why = new WhyNot(declared, facts);
    if (facts.passwd(0).isPresent()) why.identity();
    return !why.found.isEmpty();
  }

  private void add(Cause cause, String detail) {
    add(cause, detail, detail);
  }

  private void add(Cause cause, String zh, String en) {
    found.add(new Because(cause, new Label(zh, en)));
  }

  private void machine() {
    for (String file : facts.all("nologin"))
      add(facts.number("shutdown") > 0 ? Cause.SHUTDOWN : Cause.NOLOGIN, file);
    facts.one("sshd_test").ifPresent(said -> add(Cause.SSHD_BROKEN, said));
  }

  private void identity() {
    String uid = facts.passwd(2).orElse("");
    if (declared.uid().isPresent() && Facts.number0(uid) != declared.uid().getAsInt())
      add(
          Cause.UID_WRONG,
          uid + "，声明为 " + declared.uid().getAsInt(),
          uid + ", declared " + declared.uid().getAsInt());
    List<String> twins = words(facts.one("twins").orElse(""));
    if (twins.size() > 1) add(Cause.UID_CLASH, String.join(" ", twins));
  }

  private void shadow() {
    int today = facts.number("today");
    int expires = facts.shadow(4);
    if (expires >= 0 && expires <= today)
      add(Cause.EXPIRED, "于 " + day(expires), "on " + day(expires));
    int changed = facts.shadow(1);
    if (changed == 0) {
      add(Cause.CHANGE_FORCED, "上次修改日期为 0", "last change 0");
      return;
    }
    int longest = facts.shadow(2);
    if (changed > 0 && longest >= 0 && longest < 99_999 && changed + longest < today)
      add(Cause.PASSWORD_EXPIRED, "自 " + day(changed + longest), "since " + day(changed + longest));
  }

  private static LocalDate day(int number) {
    return LocalDate.ofEpochDay(number);
  }

  private void shell() {
    String shell = facts.passwd(6).orElse("");
    if (shell.matches(".*/(nologin|false|true)")) add(Cause.SHELL_REFUSES, shell);
    else if (!shell.isEmpty() && facts.one("shell_runs").isEmpty()) add(Cause.SHELL_MISSING, shell);
  }

  private void folders() {
    Optional<Facts.Node> home = facts.node("home");
    if (home.isPresent() && home.get().missing()) {
      add(Cause.HOME_MISSING, home.get().path());
      return;
    }
    if (!declared.keys().isEmpty()) {
      boolean strict = !facts.sshd("strictmodes").equals(List.of("no"));
      node("home", Cause.HOME_OPEN, strict);
      node("folder", Cause.FOLDER_OPEN, strict);
      node("file", Cause.FILE_OPEN, strict);
      keys();
    }
    full();
  }

  private void node(String word, Cause cause, boolean strict) {
    Optional<Facts.Node> node = facts.node(word);
    if (node.isEmpty() || node.get().missing()) return;
    int owner = node.get().owner();
    boolean stranger = owner != 0 && owner != Facts.number0(facts.passwd(2).orElse("-1"));
    boolean unreadable = word.equals("file") && owner == 0 && (node.get().mode() & 0004) == 0;
    if (node.get().symlink()) add(Cause.SYMLINK, node.get().path());
    else if (unreadable || (strict && (stranger || node.get().othersMayWrite())))
      add(
          cause,
          "%s，属主 %d，权限 %o".formatted(node.get().path(), owner, node.get().mode()),
          "%s, owner %d, mode %o".formatted(node.get().path(), owner, node.get().mode()));
  }

  private void keys() {
    List<String> there = facts.all("key");
    for (String key : declared.keys())
      if (!there.contains(Declared.bare(key))) add(Cause.KEY_MISSING, Declared.bare(key));
  }

  private void full() {
    List<String> used = words(facts.one("full").orElse(""));
    if (used.contains("100%"))
      add(Cause.DISK_FULL, "空间与 inode 已用：" + used, "blocks and inodes used: " + used);
  }

  private void sshd() {
    if (facts.sshd("pubkeyauthentication").contains("no") && !declared.keys().isEmpty())
      add(Cause.PUBKEY_OFF, "PubkeyAuthentication no");
    List<String> denied = users("denyusers");
    if (matches(denied)) add(Cause.DENIED, "DenyUsers " + String.join(" ", denied));
    List<String> allowed = users("allowusers");
    if (!allowed.isEmpty() && !matches(allowed))
      add(Cause.NOT_ALLOWED, "AllowUsers " + String.join(" ", allowed));
    groups();
  }

  private void groups() {
    List<String> groups = words(facts.one("groups").orElse(""));
    List<String> allowed = users("allowgroups");
    List<String> denied = users("denygroups");
    if (!allowed.isEmpty() && !anyMatches(groups, allowed))
      add(Cause.GROUP_REFUSED, "AllowGroups " + String.join(" ", allowed));
    if (anyMatches(groups, denied))
      add(Cause.GROUP_REFUSED, "DenyGroups " + String.join(" ", denied));
  }

  private static boolean anyMatches(List<String> names, List<String> patterns) {
    return patterns.stream().anyMatch(p -> names.stream().anyMatch(n -> n.matches(regex(p))));
  }

  private List<String> users(String setting) {
    return facts.sshd(setting).stream().flatMap(l -> words(l).stream()).toList();
  }

  private boolean matches(List<String> patterns) {
    return patterns.stream()
        .map(p -> p.contains("@") ? p.substring(0, p.indexOf('@')) : p)
        .anyMatch(p -> declared.name().matches(regex(p)));
  }

  private static String regex(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray())
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote("" + c));
    return regex.toString();
  }

  private void pam() {
    Failures failures = Failures.of(facts);
    if (failures.lock()) tally(failures);
    for (String line : facts.all("limit")) add(Cause.LIMIT_ZERO, line);
    String phase = facts.one("pam").orElse("");
    if (!phase.startsWith("ok ")) access().ifPresent(rule -> add(Cause.ACCESS_CONF, rule));
    if (phase.startsWith("refused ") && found.stream().noneMatch(b -> OF_PAM.contains(b.cause())))
      add(Cause.PAM_REFUSED, phase.substring("refused ".length()));
  }

  private void tally(Failures failures) {
    int tries = failures.valid().size();
    String zh = "%d 次失败，最近一次在 %d 秒前，来自 %s";
    String en = "%d failures, the latest %d s ago from %s";
    if (failures.foreign()) {
      zh += "；其中有来自外部地址的，不清除计数";
      en += "; some came from outside, so the tally stays";
    } else if (!failures.over()) {
      zh += "；可能还在继续，满 " + failures.interval() + " 秒没有新的失败才清除计数";
      en += "; they may be going on: reset after " + failures.interval() + " s without one";
    }
    add(
        Cause.FAILLOCK,
        zh.formatted(tries, failures.latest(), failures.source()),
        en.formatted(tries, failures.latest(), failures.source()));
  }

  /**
   * The first rule that fits decides; origins are not judged, so only {@code ALL} counts as any.
   */
  private Optional<String> access() {
    List<String> groups = words(facts.one("groups").orElse(""));
    for (String rule : facts.all("access")) {
      String[] parts = rule.split(":", 3);
      if (parts.length < 3) continue;
      boolean fits =
          words(parts[1]).stream()
              .anyMatch(w ->
                  w.equals("ALL")
                      || w.equals(declared.name())
                      || groups.contains(w)
                      || (w.startsWith("(") && groups.contains(w.substring(1, w.length() - 1))));
      if (!fits || !words(parts[2]).contains("ALL")) continue;
      return parts[0].strip().equals("-") ? Optional.of(rule) : Optional.empty();
    }
    return Optional.empty();
  }

  private void sudo() {
    if (declared.sudo().isEmpty()) return;
    Optional<String> broken = facts.one("sudoers_broken");
    if (broken.isPresent()) add(Cause.SUDOERS_BROKEN, broken.get());
    else if (facts.one("sudo").isEmpty()) add(Cause.SUDO_MISSING, declared.sudo().get());
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+")).filter(w -> !w.isEmpty()).toList();
  }
}
