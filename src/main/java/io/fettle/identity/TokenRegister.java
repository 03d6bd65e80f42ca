package io.fettle.identity;

import io.fettle.audit.Audit;
import io.fettle.identity.PersonTable.Account;
import io.fettle.identity.TokenTable.Held;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The tokens in the database, and who a token speaks for. */
@Component
class TokenRegister implements Tokens {
  static final String PREFIX = "fet_";
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final int MOST = 500;

  private final TokenTable tokens;
  private final PersonTable people;
  private final Passwords passwords;
  private final Audit audit;
  private final Clock clock;

  TokenRegister(
      TokenTable tokens, PersonTable people, Passwords passwords, Audit audit, Clock clock) {
    this.tokens = tokens;
    this.people = people;
    this.passwords = passwords;
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  @Transactional
  public NewToken create(String name, Role role, Set<String> teams, Instant expires, Viewer by) {
    String title = Words.title("name", name);
    Set<String> sees = Words.teams(teams);
    mustHold(role, sees, by);
    checkTime(expires);
    NewToken made = insert(title, role, sees, expires, by.actor().toString(), false, person(by));
    audit.record(
        by.actor(),
        "token.created",
        "token:" + made.token().id(),
        null,
        Map.of("name", title, "role", role, "teams", sees, "expires_at", expires.toString()));
    return made;
  }

  @Override
  public Page<Token> page(@Nullable String cursor, int limit, Viewer by) {
    int size = Math.clamp(limit, 1, MOST);
    String maker = by.is(Role.ADMINISTRATOR) ? null : by.actor().toString();
    List<Token> rows = tokens.before(cursor == null ? null : id(cursor), maker, size + 1);
    if (rows.size() <= size) return new Page<>(rows, null);
    return new Page<>(rows.subList(0, size), rows.get(size - 1).id().toString());
  }

  @Override
  public boolean mayBeOne(Actor actor, Collection<String> others) {
    return !Collections.disjoint(behind(Set.of(actor.toString())), behind(others));
  }

  /** These actors and, for tokens, their makers, and theirs. */
  private Set<String> behind(Collection<String> actors) {
    Set<String> all = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(actors);
    while (!open.isEmpty()) {
      String each = open.pop();
      if (!all.add(each)) continue;
      Actor actor = Actor.parse(each);
      if (actor.kind() == Actor.Kind.TOKEN) open.addAll(tokens.makers(actor.name()));
    }
    return all;
  }

  @Override
  @Transactional
  public void revoke(UUID id, Viewer by) {
    Held held =
        tokens
            .find(id)
            .filter(h ->
                by.is(Role.ADMINISTRATOR) || h.token().createdBy().equals(by.actor().toString()))
            .orElseThrow(() -> Problem.notFound("token", id.toString()));
    if (!tokens.revoke(id, clock.instant())) throw Problem.notFound("token", id.toString());
    audit.record(
        by.actor(), "token.revoked", "token:" + id, null, Map.of("name", held.token().name()));
  }

  /** The token of this server's own folder; replaces the one of the start before. */
  @Transactional
  public NewToken local(String name) {
    tokens.removeLocal(name);
    Instant expires = clock.instant().plus(LONGEST);
    NewToken made =
        insert(name, Role.ADMINISTRATOR, Set.of(), expires, "system:identity", true, null);
    audit.record(
        Actor.system("identity"),
        "token.created",
        "token:" + made.token().id(),
        null,
        Map.of("name", name));
    return made;
  }

  /** Takes away the tokens of other servers' folders. */
  @Transactional
  public void onlyLocal(String name) {
    int gone = tokens.removeLocalBut(name);
    if (gone > 0)
      audit.record(
          Actor.system("identity"),
          "token.revoked",
          "token:local",
          "after a restore: tokens of the server that was lost",
          Map.of("tokens", gone));
  }

  /** Who a token speaks for; empty when it is unknown, revoked, expired or its person disabled. */
  Optional<Viewer> viewer(String text) {
    Instant now = clock.instant();
    Optional<Held> held = tokens.alive(Hash.of(text), now);
    Optional<Viewer> viewer = held.flatMap(this::viewer);
    if (viewer.isPresent()) tokens.used(held.orElseThrow().token().id(), now);
    return viewer;
  }

  private Optional<Viewer> viewer(Held held) {
    Token token = held.token();
    Actor actor = new Actor(Actor.Kind.TOKEN, token.name());
    Viewer all = new Viewer(actor, Set.of(token.role()), Set.copyOf(token.teams()));
    if (held.person().isEmpty()) return Optional.of(all);
    return people
        .account(held.person().get())
        .map(Account::person)
        .filter(person -> person.disabledAt() == null)
        .flatMap(person -> atMost(all, token.role(), person));
  }

  /** A token loses what its person lost since. */
  private static Optional<Viewer> atMost(Viewer token, Role role, Person person) {
    if (person.roles().contains(Role.ADMINISTRATOR)) return Optional.of(token);
    if (!person.roles().contains(role)) return Optional.empty();
    Set<String> teams = new HashSet<>(token.teams());
    teams.retainAll(person.teams());
    return Optional.of(new Viewer(token.actor(), token.roles(), teams));
  }

  private NewToken insert(
      String name,
      Role role,
      Set<String> teams,
      Instant expires,
      String by,
      boolean local,
      @Nullable UUID person) {
    String text = PREFIX + passwords.randomToken();
    List<String> sorted = teams.stream().sorted().toList();
    Token wish =
        new Token(new UUID(0, 0), name, role, sorted, local, by, clock.instant(), expires, null);
    return new NewToken(tokens.insert(wish, Hash.of(text), person), text);
  }

  private @Nullable UUID person(Viewer by) {
    if (by.actor().kind() != Actor.Kind.PERSON) return null;
    return people.account(by.actor().name()).map(a -> a.person().id()).orElse(null);
  }

  private static void mustHold(Role role, Set<String> teams, Viewer by) {
    if (by.is(Role.ADMINISTRATOR)) return;
    if (by.actor().kind() == Actor.Kind.TOKEN)
      throw Problem.forbidden("只有管理员的令牌可以创建令牌", "Only an administrator's token makes tokens");
    if (!by.roles().contains(role))
      throw Problem.forbidden("不能创建超出自己角色的令牌", "A token may not do more than its maker");
    if (!by.teams().containsAll(teams))
      throw Problem.forbidden("只能选择自己所在的团队", "Only the own teams may be given");
  }

  private void checkTime(Instant expires) {
    Instant now = clock.instant();
    if (expires.isAfter(now) && !expires.isAfter(now.plus(LONGEST))) return;
    throw Problem.badInput(
        "expires", expires.toString(), "到期时间须在今后 366 天之内", "a token ends within the next 366 days");
  }

  private static UUID id(String cursor) {
    try {
      return UUID.fromString(cursor);
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(
          "cursor",
          Words.cut(cursor),
          "游标无效，请使用上一页返回的 next",
          "not a cursor: use the next of the page before");
    }
  }
}
