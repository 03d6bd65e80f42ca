package io.fettle.identity;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads names, roles and teams as people give them. */
final class Words {
  private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,63}");
  private static final int MOST_TEAMS = 200;

  private Words() {}

  static String account(String text) {
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (!ACCOUNT.matcher(name).matches())
      throw Problem.badInput(
          "name",
          cut(text),
          "账号以小写字母或数字开头，可含 . _ @ -，最长 64 个字符",
          "an account starts with a letter or digit and holds a-z, 0-9, . _ @ -, at most 64");
    return name;
  }

  static String title(String field, String text) {
    String title = text.strip();
    if (title.isEmpty() || title.length() > 80 || title.chars().anyMatch(Character::isISOControl))
      throw Problem.badInput(
          field, cut(text), "需要 1 到 80 个字符，不含控制字符", "1 to 80 characters, no control characters");
    return title;
  }

  static Role role(String text) {
    try {
      return Role.valueOf(text.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(
          "role",
          cut(text),
          "角色只有 administrator、operator、owner、auditor",
          "roles are administrator, operator, owner, auditor");
    }
  }

  static Set<Role> roles(Collection<String> texts) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    texts.forEach(text -> roles.add(role(text)));
    if (roles.isEmpty())
      throw Problem.badInput("roles", "", "至少需要一个角色", "at least one role is needed");
    return roles;
  }

  static Set<String> teams(Collection<String> texts) {
    Set<String> teams = new TreeSet<>();
    texts.forEach(text -> teams.add(title("teams", text)));
    if (teams.size() > MOST_TEAMS)
      throw Problem.badInput("teams", "" + teams.size(), "最多 200 个团队", "at most 200 teams");
    return teams;
  }

  static String cut(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
