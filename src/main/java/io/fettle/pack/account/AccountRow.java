package io.fettle.pack.account;

import io.fettle.pack.account.Accounts.Declaration;
import java.util.List;
import java.util.Locale;

/**
 * A declared account over all its machines.
 *
 * @param where the declarations of this name
 * @param machines on which it is declared
 * @param fine where the last look found that it can log in
 * @param shut where it found that it cannot
 */
public record AccountRow(
    String name, List<Declaration> where, long machines, long fine, long shut) {
  public AccountRow {
    where = List.copyOf(where);
  }

  /** What was seen of machines that no longer count is cut off: the three states add up. */
  static AccountRow of(List<Declaration> where, long machines, long fine, long shut) {
    long known = Math.min(shut, machines);
    return new AccountRow(
        where.getFirst().name(), where, machines, Math.min(fine, machines - known), known);
  }

  /** On how many nobody has asked lately, or the machine did not answer. */
  public long unasked() {
    return machines - fine - shut;
  }

  /** True when the account belongs under this chip: all, shut, unasked or fine. */
  public boolean is(String state) {
    return switch (state) {
      case "shut" -> shut > 0;
      case "unasked" -> unasked() > 0;
      case "fine" -> fine > 0 && fine == machines;
      default -> true;
    };
  }

  boolean matches(String text) {
    String wanted = text.strip().toLowerCase(Locale.ROOT);
    return wanted.isEmpty()
        || name.contains(wanted)
        || where.stream()
            .anyMatch(d ->
                d.where().toLowerCase(Locale.ROOT).contains(wanted)
                    || d.document().toLowerCase(Locale.ROOT).contains(wanted));
  }
}
