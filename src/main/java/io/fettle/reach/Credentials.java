package io.fettle.reach;

import io.fettle.audit.Audit;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import io.fettle.secret.Credential;
import io.fettle.secret.Secrets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Stores a credential and says which machines it opens, in one deed. */
@Service
class Credentials {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int OVERLAPS = 20;
  private static final int LONGEST_SECRET = 20_000;

  private final Secrets secrets;
  private final AssignmentTable table;
  private final Register register;
  private final Audit audit;
  private final Clock clock;

  Credentials(Secrets secrets, AssignmentTable table, Register register, Audit audit, Clock clock) {
    this.secrets = secrets;
    this.table = table;
    this.register = register;
    this.audit = audit;
    this.clock = clock;
  }

  /** A credential as people see it. */
  record Shown(Secrets.Entry entry, Optional<Assignment> assignment) {}

  /** Adds or replaces; the assignment says for which machines. */
  @Transactional
  Assignment put(Credential credential, String query, int priority, Viewer viewer) {
    check(credential);
    bounded(query);
    secrets.put(credential, viewer.actor());
    Assignment assignment =
        new Assignment(
            0,
            credential.name(),
            credential.kind(),
            query.strip(),
            priority,
            clock.instant(),
            viewer.actor().toString());
    table.put(assignment);
    audit.record(
        viewer.actor(),
        "credential.assigned",
        "credential:" + credential.name(),
        null,
        Map.of("for", assignment.query(), "priority", priority, "user", credential.user()));
    return assignment;
  }

  /** How many machines an assignment opens now, over the whole register. */
  long machines(Assignment assignment) {
    return register.count(register.query(assignment.query()), Viewer.system("reach"));
  }

  /**
   * Machines of an assignment that another one matches as well.
   *
   * @param wins true when this one goes before that one
   */
  record Overlap(String credential, long machines, boolean wins) {}

  /** With whom it shares machines, at most the {@value #OVERLAPS} first of their order. */
  List<Overlap> overlaps(Assignment one) {
    List<Overlap> overlaps = new ArrayList<>();
    boolean wins = false;
    for (Assignment other : table.inOrder()) {
      if (other.credential().equals(one.credential())) wins = true;
      if (other.credential().equals(one.credential()) || other.kind() != one.kind()) continue;
      String both = "(" + one.query() + ") and (" + other.query() + ")";
      long machines = register.count(register.query(both), Viewer.system("reach"));
      if (machines > 0) overlaps.add(new Overlap(other.credential(), machines, wins));
      if (overlaps.size() == OVERLAPS) break;
    }
    return overlaps;
  }

  List<Shown> list() {
    Map<String, Assignment> assigned =
        table.inOrder().stream()
            .collect(Collectors.toMap(Assignment::credential, Function.identity()));
    return secrets.list().stream()
        .map(entry -> new Shown(entry, Optional.ofNullable(assigned.get(entry.name()))))
        .toList();
  }

  @Transactional
  void remove(String name, Viewer viewer) {
    boolean assigned = table.remove(name);
    boolean stored = secrets.remove(name, viewer.actor());
    if (!assigned && !stored) throw Problem.notFound("credential", name);
  }

  private void bounded(String text) {
    if (text.isBlank()) throw unbounded(text);
    Query query = register.query(text);
    if (query.unbounded()) throw unbounded(text);
  }

  private static Problem unbounded(String text) {
    return Problem.badInput(
        "for",
        text,
        "凭据必须说明用于哪些机器；若确实用于全部服务器，请写 type == 'server'",
        "A credential must say which machines it is for; if it is for all servers, say type =="
            + " 'server'");
  }

  private static void check(Credential credential) {
    if (!NAME.matcher(credential.name()).matches())
      throw Problem.badInput(
          "name",
          credential.name(),
          "名称只能用字母、数字、点、下划线和连字符，最长 64 个字符",
          "A name has letters, digits, dots, underscores and hyphens, at most 64");
    String user = credential.user();
    if (user.isBlank() || user.length() > 64 || user.chars().anyMatch(c -> c <= ' '))
      throw Problem.badInput(
          "user",
          user,
          "请给出机器或管理卡上的账号名，不含空格",
          "Name the account on the machine or card, no spaces");
    char[] secret = credential.secret();
    if (secret.length == 0 || secret.length > LONGEST_SECRET)
      throw Problem.badInput(
          "secret",
          "",
          "密码或私钥为空或过长（最长 20000 个字符）",
          "The password or key is empty or too long (at most 20000 characters)");
    if (credential.kind() != Credential.Kind.SSH_KEY
        && new String(secret).matches("(?s).*[\\r\\n\\x00].*"))
      throw Problem.badInput("secret", "", "密码不能含换行", "A password cannot contain a line break");
  }
}
