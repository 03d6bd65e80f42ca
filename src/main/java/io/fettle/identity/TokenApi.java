package io.fettle.identity;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** API tokens as JSON. */
@RestController
@RequestMapping("/api/v1/tokens")
@Allow({Role.ADMINISTRATOR, Role.OPERATOR, Role.OWNER, Role.AUDITOR})
class TokenApi {
  private static final Pattern DAYS = Pattern.compile("\\d{1,5}d?");

  private final Tokens tokens;
  private final Clock clock;

  TokenApi(Tokens tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /**
   * A wish for a token.
   *
   * @param expires days ({@code 30}, {@code 30d}), an ISO-8601 period or duration ({@code P90D},
   *     {@code PT8H}) or instant; absent: 90 days
   */
  record Wish(
      @Nullable String name,
      @Nullable String role,
      @Nullable List<String> teams,
      @Nullable String expires) {}

  /** The answer that carries the token, once. */
  record Made(
      UUID id, String name, Role role, List<String> teams, Instant expiresAt, String token) {}

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  Made create(@RequestBody Wish wish, Viewer viewer) {
    Role role = Words.role(wish.role() == null ? "" : wish.role());
    List<String> teams = wish.teams() == null ? List.of() : wish.teams();
    String name = wish.name() == null ? "" : wish.name();
    Tokens.NewToken made =
        tokens.create(name, role, Words.teams(teams), expires(wish.expires()), viewer);
    Token token = made.token();
    return new Made(
        token.id(), token.name(), token.role(), token.teams(), token.expiresAt(), made.text());
  }

  @GetMapping
  Page<Token> list(
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "100") int limit,
      Viewer viewer) {
    return tokens.page(cursor, limit, viewer);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(@PathVariable UUID id, Viewer viewer) {
    tokens.revoke(id, viewer);
  }

  private Instant expires(@Nullable String text) {
    Instant now = clock.instant();
    if (text == null || text.isBlank()) return now.plus(Duration.ofDays(90));
    String t = text.strip();
    try {
      if (DAYS.matcher(t).matches())
        return now.plus(Duration.ofDays(Long.parseLong(t.replace("d", ""))));
      if (t.startsWith("PT")) return now.plus(Duration.parse(t));
      if (t.startsWith("P")) return now.atOffset(ZoneOffset.UTC).plus(Period.parse(t)).toInstant();
      return Instant.parse(t);
    } catch (DateTimeException | ArithmeticException e) {
      throw Problem.badInput(
          "expires",
          Words.cut(t),
          "请写天数（30）、ISO 时长（P90D）或时刻（2027-01-31T00:00:00Z）",
          "give days (30), an ISO period (P90D) or an instant (2027-01-31T00:00:00Z)");
    }
  }
}
