package io.fettle.pack.account;

import io.fettle.cmdb.Register;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Verdict;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Observations;
import io.fettle.monitoring.Observations.Tally;
import io.fettle.pack.account.Accounts.Declaration;
import io.fettle.web.Allow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Which accounts are declared and whether they can log in; and why one person cannot. */
@Controller
class AccountPages {
  private static final int MOST = 200;

  private final Accounts accounts;
  private final Observations observations;
  private final Register register;

  AccountPages(Accounts accounts, Observations observations, Register register) {
    this.accounts = accounts;
    this.observations = observations;
    this.register = register;
  }

  @Allow({Role.OPERATOR, Role.AUDITOR})
  @GetMapping("/accounts")
  String list(
      @RequestParam(defaultValue = "") String q,
      @RequestParam(defaultValue = "all") String state,
      Model model) {
    List<AccountRow> all = rows();
    List<AccountRow> found = all.stream().filter(row -> row.is(state) && row.matches(q)).toList();
    model.addAttribute("q", q);
    model.addAttribute("state", state);
    model.addAttribute("all", all);
    model.addAttribute("rows", found.subList(0, Math.min(MOST, found.size())));
    model.addAttribute("left", Math.max(0, found.size() - MOST));
    return "account/list";
  }

  private List<AccountRow> rows() {
    Map<String, List<Declaration>> byName =
        accounts.declared().stream()
            .collect(Collectors.groupingBy(Declaration::name, TreeMap::new, Collectors.toList()));
    if (byName.isEmpty()) return List.of();
    Map<String, List<Tally>> said =
        observations.last(Accounts.CHECK).stream().collect(Collectors.groupingBy(Tally::component));
    List<AccountRow> rows = new ArrayList<>();
    Map<Set<String>, Long> counted = new HashMap<>();
    byName.forEach((name, where) -> {
      List<Tally> tallies = said.getOrDefault(name, List.of());
      rows.add(
          AccountRow.of(
              where,
              machines(where, counted),
              count(tallies, Verdict.OK),
              count(tallies, Verdict.BAD)));
    });
    rows.sort(
        Comparator.comparingLong(AccountRow::shut)
            .thenComparingLong(AccountRow::unasked)
            .reversed()
            .thenComparing(AccountRow::name));
    return rows;
  }

  private static long count(List<Tally> tallies, Verdict verdict) {
    return tallies.stream().filter(t -> t.verdict() == verdict).mapToLong(Tally::machines).sum();
  }

  /**
   * Documents may overlap: then their machines are counted once, by one count for all of them, or
   * added up where they are too many for one query.
   */
  private long machines(List<Declaration> where, Map<Set<String>, Long> counted) {
    if (where.size() == 1) return where.getFirst().machines();
    Set<String> queries = where.stream().map(Declaration::where).collect(Collectors.toSet());
    return counted.computeIfAbsent(
        queries,
        these -> {
          try {
            String any = these.stream().collect(Collectors.joining(") or (", "(", ")"));
            return register.count(register.query(any), Viewer.system("accounts"));
          } catch (Problem tooMuch) {
            return where.stream().mapToLong(Declaration::machines).sum();
          }
        });
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/accounts/why")
  String form(
      @RequestParam(defaultValue = "") String user,
      @RequestParam(defaultValue = "") String machine,
      Model model) {
    return why(user, machine, null, null, model);
  }

  /** Asks the machine; a post, because proving may log in for real. */
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @PostMapping("/accounts/why")
  String ask(
      @RequestParam(defaultValue = "") String user,
      @RequestParam(defaultValue = "") String machine,
      Viewer viewer,
      Model model) {
    boolean mayLogIn = viewer.is(Role.OPERATOR) || viewer.is(Role.OWNER);
    try {
      Accounts.Why answer = accounts.why(user.strip(), machine.strip(), mayLogIn, viewer);
      return why(user, machine, answer, null, model);
    } catch (Problem wrong) {
      return switch (wrong.status()) {
        case 404, 422 -> why(user, machine, null, wrong.title(), model);
        case 409 -> why(user, machine, looked(user, machine, viewer), wrong.title(), model);
        default -> throw wrong;
      };
    }
  }

  /** Without the log-in that may not be tried now. */
  private Accounts.Why looked(String user, String machine, Viewer viewer) {
    return accounts.why(user.strip(), machine.strip(), false, viewer);
  }

  private static String why(
      String user,
      String machine,
      Accounts.@Nullable Why answer,
      @Nullable Label wrong,
      Model model) {
    model.addAttribute("user", user.strip());
    model.addAttribute("machine", machine.strip());
    model.addAttribute("why", answer);
    model.addAttribute("wrong", wrong);
    return "account/why";
  }
}
