package io.fettle.pack.account;

import io.fettle.cmdb.Intents;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Declared accounts, and in one step why a person cannot log in to a machine. */
@RestController
@RequestMapping("/api/v1/accounts")
class AccountApi {
  private final Accounts accounts;
  private final Intents intents;

  AccountApi(Accounts accounts, Intents intents) {
    this.accounts = accounts;
    this.intents = intents;
  }

  /** Without a real log-in, so nothing is changed. */
  @GetMapping("/why")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Accounts.Why why(
      @RequestParam String user,
      @RequestParam(required = false) @Nullable String key,
      @RequestParam(required = false) @Nullable String machine,
      Viewer viewer) {
    return accounts.why(user, one(key, machine), false, viewer);
  }

  /** With a real log-in where the declaration allows one; an auditor's question changes nothing. */
  @PostMapping("/why")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Accounts.Why prove(
      @RequestParam String user,
      @RequestParam(required = false) @Nullable String key,
      @RequestParam(required = false) @Nullable String machine,
      Viewer viewer) {
    boolean mayAct = viewer.is(Role.OPERATOR) || viewer.is(Role.OWNER);
    return accounts.why(user, one(key, machine), mayAct, viewer);
  }

  private static String one(@Nullable String key, @Nullable String machine) {
    return Objects.requireNonNullElse(key == null ? machine : key, "");
  }

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  List<Accounts.Declaration> list() {
    return accounts.declared();
  }

  /**
   * Declares accounts; the body is an intent document ({@code for:} and {@code set: accounts:}).
   */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Allow(Role.ADMINISTRATOR)
  List<Accounts.Declaration> declare(
      @RequestBody byte[] yaml,
      @RequestParam(required = false) @Nullable String name,
      Viewer viewer) {
    String text = new String(yaml, StandardCharsets.UTF_8);
    String under = name == null ? Declarations.name(text) : "accounts/" + name;
    Declarations.check(text);
    return Declarations.rows(intents.declare(under, text, viewer.actor()));
  }
}
