package io.fettle.identity;

import io.fettle.audit.Audit;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AfterRestore;
import io.fettle.kernel.CannotStart;
import io.fettle.kernel.PrivateFile;
import io.fettle.kernel.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Before the server listens: makes the administrator when there is nobody yet, and renews the token
 * by which this machine's own command line signs in.
 */
@Component
class FirstStart implements SmartInitializingSingleton, AfterRestore {
  static final String ADMIN = "admin";
  static final String PASSWORD_FILE = "admin.password";
  static final String TOKEN_FILE = "admin.token";

  private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

  private final PersonTable people;
  private final TokenRegister tokens;
  private final Passwords passwords;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final Environment environment;
  private final Clock clock;

  FirstStart(
      PersonTable people,
      TokenRegister tokens,
      Passwords passwords,
      Audit audit,
      PlatformTransactionManager transactions,
      Environment environment,
      Clock clock) {
    this.people = people;
    this.tokens = tokens;
    this.passwords = passwords;
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
    this.environment = environment;
    this.clock = clock;
  }

  @Override
  public void afterSingletonsInstantiated() {
    Path home = Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath();
    try {
      if (people.account(ADMIN).isEmpty() && people.administrators() == 0) administrator(home);
      PrivateFile.write(home.resolve(TOKEN_FILE), tokens.local(tokenName(home)).text());
    } catch (IOException e) {
      throw new CannotStart("Cannot write to " + home + " (" + e.getMessage() + ").", e);
    }
  }

  /** Whoever has the disk of the machine that was lost has its administrator's token. */
  @Override
  public void restored(Instant taken) {
    Path home = Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath();
    tokens.onlyLocal(tokenName(home));
  }

  /** The file is written first: a crash in between leaves a file that the next start replaces. */
  private void administrator(Path home) throws IOException {
    String given = environment.getProperty("fettle.admin-password", "");
    if (Passwords.tooLong(given))
      throw new CannotStart("FETTLE_ADMIN_PASSWORD is longer than 72 bytes; choose a shorter one.");
    if (!given.isBlank()) {
      if (insert(given)) LOG.info("administrator '{}' made with FETTLE_ADMIN_PASSWORD", ADMIN);
      return;
    }
    String password = passwords.random();
    Path file = home.resolve(PASSWORD_FILE);
    PrivateFile.write(file, password);
    if (insert(password)) LOG.info("administrator '{}' made; its password is in {}", ADMIN, file);
    else Files.deleteIfExists(file);
  }

  private boolean insert(String password) {
    NewPerson admin = new NewPerson(ADMIN, ADMIN, Set.of(Role.ADMINISTRATOR), Set.of());
    String hash = passwords.hash(password);
    Boolean made =
        transaction.execute(status -> {
          if (!people.insert(admin, hash, false, clock.instant())) return false;
          audit.record(
              Actor.system("identity"), "person.created", "person:" + ADMIN, null, Map.of());
          return true;
        });
    return Boolean.TRUE.equals(made);
  }

  private static String tokenName(Path home) {
    return "local " + hostName() + " " + home;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
