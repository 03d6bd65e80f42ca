package io.fettle.secret;

import io.fettle.audit.Audit;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Problem;
import io.fettle.secret.CredentialTable.Sealed;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The credentials in the database. */
@Component
class SecretStore implements Secrets, SmartInitializingSingleton {
  private static final Logger LOG = LoggerFactory.getLogger(SecretStore.class);
  private static final int MOST = 1_000;

  private final CredentialTable table;
  private final KeyRing keys;
  private final Audit audit;
  private final Clock clock;

  SecretStore(CredentialTable table, KeyRing keys, Audit audit, Clock clock) {
    this.table = table;
    this.keys = keys;
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  @Transactional
  public void put(Credential credential, Actor actor) {
    line("name", credential.name(), 80);
    line("user", credential.user(), 64);
    byte[] secret = SecretText.bytes(credential.secret());
    try {
      SecretText.check(credential.kind(), secret);
      boolean replaced = table.put(seal(credential, secret), clock.instant());
      audit.record(
          actor,
          replaced ? "credential.replaced" : "credential.stored",
          "credential:" + credential.name(),
          null,
          Map.of("kind", credential.kind(), "user", credential.user()));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  @Override
  public Optional<Credential> open(String name) {
    return table.find(name).map(this::open);
  }

  @Override
  public List<Entry> list() {
    return table.list(MOST);
  }

  @Override
  @Transactional
  public boolean remove(String name, Actor actor) {
    if (!table.remove(name)) return false;
    audit.record(actor, "credential.removed", "credential:" + name, null, Map.of());
    return true;
  }

  /** After a change of the master key: the keys of older credentials are sealed anew with it. */
  @Override
  public void afterSingletonsInstantiated() {
    int count = 0;
    List<Sealed> old = table.notUnder(keys.current().id(), MOST);
    while (!old.isEmpty()) {
      old.forEach(this::rewrap);
      count += old.size();
      old = table.notUnder(keys.current().id(), MOST);
    }
    if (count > 0)
      LOG.info("credentials={} sealed anew with master key {}", count, keys.current().id());
  }

  private Sealed seal(Credential credential, byte[] secret) {
    byte[] dataKey = Seal.randomKey();
    MasterKey master = keys.current();
    String name = credential.name();
    try {
      return new Sealed(
          name,
          credential.kind(),
          credential.user(),
          master.id(),
          Seal.close(master.key(), dataKey, "key of " + name),
          Seal.close(
              Seal.key(dataKey), secret, belongsTo(name, credential.kind(), credential.user())));
    } finally {
      Arrays.fill(dataKey, (byte) 0);
    }
  }

  private Credential open(Sealed sealed) {
    byte[] dataKey = dataKey(sealed);
    try {
      String belongsTo = belongsTo(sealed.name(), sealed.kind(), sealed.user());
      byte[] secret =
          Seal.open(Seal.key(dataKey), sealed.sealed(), belongsTo)
              .orElseThrow(() -> broken(sealed));
      return new Credential(sealed.name(), sealed.kind(), sealed.user(), SecretText.text(secret));
    } finally {
      Arrays.fill(dataKey, (byte) 0);
    }
  }

  private void rewrap(Sealed sealed) {
    byte[] dataKey = dataKey(sealed);
    MasterKey now = keys.current();
    byte[] fresh = Seal.close(now.key(), dataKey, "key of " + sealed.name());
    table.rewrap(sealed.name(), sealed.masterKey(), now.id(), fresh);
    Arrays.fill(dataKey, (byte) 0);
  }

  private byte[] dataKey(Sealed sealed) {
    return keys.find(sealed.masterKey())
        .flatMap(master -> Seal.open(master.key(), sealed.sealedKey(), "key of " + sealed.name()))
        .orElseThrow(() -> broken(sealed));
  }

  private static String belongsTo(String name, Credential.Kind kind, String user) {
    return name + "\n" + kind + "\n" + user;
  }

  private static IllegalStateException broken(Sealed sealed) {
    return new IllegalStateException(
        "Credential "
            + sealed.name()
            + " does not open: its row was changed, or its master key is gone");
  }

  private static void line(String field, String text, int most) {
    if (!text.isBlank() && text.length() <= most && text.chars().noneMatch(Character::isISOControl))
      return;
    throw Problem.badInput(
        field,
        text.length() > most ? text.substring(0, most) + "…" : text,
        "需要 1 到 " + most + " 个字符，不含控制字符",
        "1 to " + most + " characters, no control characters");
  }
}
