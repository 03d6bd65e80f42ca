package io.fettle.identity;

import io.fettle.audit.Audit;
import io.fettle.identity.PersonTable.Account;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Signs a person in by name and password. An unknown, a disabled and a wrong answer look the same
 * and take the same time.
 */
@Component
class SignIn implements AuthenticationProvider {
  private final PersonTable people;
  private final Passwords passwords;
  private final SignInTries tries;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final Clock clock;

  SignIn(
      PersonTable people,
      Passwords passwords,
      SignInTries tries,
      Audit audit,
      PlatformTransactionManager transactions,
      Clock clock) {
    this.people = people;
    this.passwords = passwords;
    this.tries = tries;
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
  }

  /** Too many tries; how long to wait. */
  static final class Slowed extends LockedException {
    private static final long serialVersionUID = 1L;
    private final Duration wait;

    Slowed(Duration wait) {
      super("too many tries");
      this.wait = wait;
    }

    /** At least a second. */
    long seconds() {
      return Math.max(1, wait.plusMillis(999).toSeconds());
    }
  }

  @Override
  public Authentication authenticate(Authentication asked) {
    try {
      return check(asked);
    } catch (DataAccessException | TransactionException | Problem e) {
      throw new AuthenticationServiceException("sign-in is not possible just now", e);
    }
  }

  private Authentication check(Authentication asked) {
    String name = asked.getName().strip().toLowerCase(Locale.ROOT);
    String password = String.valueOf(asked.getCredentials());
    String address = address(asked);
    Duration wait = tries.begin(name, address);
    if (wait.isPositive()) throw new Slowed(wait);
    Optional<Account> found = people.account(name).filter(a -> a.person().disabledAt() == null);
    if (!passwords.matches(password, found.map(Account::passwordHash).orElse(null)))
      throw new BadCredentialsException("name or password");
    Account account = found.orElseThrow();
    remember(account, password, name, address);
    Session session =
        new Session(
            account.person().id(), name, account.passwordVersion(), account.person().mustChange());
    return UsernamePasswordAuthenticationToken.authenticated(session, null, List.of());
  }

  private void remember(Account account, String password, String name, String address) {
    transaction.executeWithoutResult(status -> {
      tries.succeeded(name, address);
      people.signedIn(account.person().id(), clock.instant());
      if (passwords.outdated(account.passwordHash()))
        people.rehash(account.person().id(), account.passwordVersion(), passwords.hash(password));
      Actor actor = new Actor(Actor.Kind.PERSON, name);
      audit.record(actor, "sign_in.succeeded", "person:" + name, null, Map.of("from", address));
    });
  }

  private static String address(Authentication asked) {
    return asked.getDetails() instanceof WebAuthenticationDetails details
        ? details.getRemoteAddress()
        : "local";
  }

  @Override
  public boolean supports(Class<?> type) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
  }
}
