package io.fettle.identity;

import io.fettle.audit.Audit;
import io.fettle.identity.PersonTable.Account;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The people in the database. */
@Component
class PeopleRegister implements People {
  private static final int MOST = 500;

  private final PersonTable people;
  private final Passwords passwords;
  private final Audit audit;
  private final Clock clock;

  PeopleRegister(PersonTable people, Passwords passwords, Audit audit, Clock clock) {
    this.people = people;
    this.passwords = passwords;
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public Optional<Person> find(String name) {
    return people.account(name).map(Account::person);
  }

  @Override
  public Page<Person> page(@Nullable String cursor, int limit) {
    int size = Math.clamp(limit, 1, MOST);
    List<Person> rows = people.after(cursor == null ? "" : cursor, size + 1);
    if (rows.size() <= size) return new Page<>(rows, null);
    return new Page<>(rows.subList(0, size), rows.get(size - 1).name());
  }

  @Override
  public List<String> teams() {
    return people.teams();
  }

  @Override
  @Transactional
  public FirstPassword create(NewPerson wish, Viewer by) {
    mustAdminister(by);
    String name = Words.account(wish.name());
    String display =
        wish.displayName().isBlank() ? name : Words.title("display_name", wish.displayName());
    Set<String> teams = Words.teams(wish.teams());
    mustHaveRole(wish.roles());
    String password = passwords.random();
    NewPerson person = new NewPerson(name, display, wish.roles(), teams);
    if (!people.insert(person, passwords.hash(password), true, clock.instant()))
      throw Problem.badInput("name", name, "账号已存在", "this account exists already");
    Account made = people.account(name).orElseThrow();
    people.replaceTeams(made.person().id(), teams, clock.instant());
    record(by, "person.created", name, Map.of("roles", wish.roles(), "teams", teams));
    return new FirstPassword(people.account(name).orElseThrow().person(), password);
  }

  @Override
  @Transactional
  public Person change(String name, PersonChange change, Viewer by) {
    mustAdminister(by);
    Person before = existing(name).person();
    String display =
        change.displayName().map(t -> Words.title("display_name", t)).orElse(before.displayName());
    Set<Role> roles = change.roles().orElse(before.roles());
    mustHaveRole(roles);
    Instant disabled = disabledAt(before, change.disabled());
    boolean was = administers(before.roles(), before.disabledAt());
    if (was && !administers(roles, disabled) && people.administrators() <= 1)
      throw Problem.conflict(
          "这是最后一个可登录的管理员，不能停用或降级", "This is the last administrator who may sign in");
    people.update(before.id(), display, roles, disabled);
    change
        .teams()
        .map(Words::teams)
        .ifPresent(t -> people.replaceTeams(before.id(), t, clock.instant()));
    Person after = existing(name).person();
    record(by, "person.changed", name, Map.of("old", facts(before), "new", facts(after)));
    return after;
  }

  @Override
  @Transactional
  public FirstPassword resetPassword(String name, Viewer by) {
    mustAdminister(by);
    Account account = existing(name);
    String password = passwords.random();
    setPassword(account, password, true);
    record(by, "person.password_reset", name, Map.of());
    return new FirstPassword(existing(name).person(), password);
  }

  @Override
  @Transactional
  public void changePassword(String name, String old, String fresh, Viewer by) {
    if (by.actor().kind() != Actor.Kind.PERSON || !by.actor().name().equals(name))
      throw Problem.forbidden("只能修改自己的密码", "Only the own password can be changed");
    Account account = existing(name);
    if (!passwords.matches(old, account.passwordHash()))
      throw Problem.badInput("old", "", "原密码不正确", "the present password is not right");
    passwords.check(fresh, name);
    if (old.equals(fresh))
      throw Problem.badInput("password", "", "新密码不能与原密码相同", "the new password is the old one");
    setPassword(account, fresh, false);
    record(by, "person.password_changed", name, Map.of());
  }

  private void setPassword(Account account, String password, boolean mustChange) {
    String hash = passwords.hash(password);
    if (!people.updatePassword(account.person().id(), account.passwordVersion(), hash, mustChange))
      throw Problem.conflict("密码刚被修改过，请重试", "The password was changed just now; try again");
  }

  private Account existing(String name) {
    return people.account(name).orElseThrow(() -> Problem.notFound("person", Words.cut(name)));
  }

  private @Nullable Instant disabledAt(Person before, Optional<Boolean> disabled) {
    if (disabled.isEmpty()) return before.disabledAt();
    if (!disabled.get()) return null;
    return before.disabledAt() == null ? clock.instant() : before.disabledAt();
  }

  private void record(Viewer by, String action, String name, Map<String, ?> details) {
    audit.record(by.actor(), action, "person:" + name, null, details);
  }

  private static Map<String, Object> facts(Person person) {
    return Map.of(
        "display_name",
        person.displayName(),
        "roles",
        new HashSet<>(person.roles()),
        "teams",
        person.teams(),
        "disabled",
        person.disabledAt() != null);
  }

  private static boolean administers(Set<Role> roles, @Nullable Instant disabledAt) {
    return disabledAt == null && roles.contains(Role.ADMINISTRATOR);
  }

  private static void mustHaveRole(Set<Role> roles) {
    if (roles.isEmpty())
      throw Problem.badInput("roles", "", "至少需要一个角色", "at least one role is needed");
  }

  private static void mustAdminister(Viewer by) {
    if (!by.is(Role.ADMINISTRATOR))
      throw Problem.forbidden("只有管理员可以管理人员", "People are managed by administrators");
  }
}
