package io.fettle.secret;

import io.fettle.kernel.CannotStart;
import io.fettle.kernel.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The master keys of this server: from {@code FETTLE_MASTER_KEY} or {@code FETTLE_HOME/master.key},
 * one per line (or separated by commas). The first seals; the others only open, so that a key is
 * replaced by putting a new one in front. The server does not start with keys that do not open what
 * is stored.
 */
@Component
class KeyRing {
  static final String FILE = "master.key";
  private static final String MAKE = "make one with: openssl rand -base64 32";

  private final List<MasterKey> keys;

  KeyRing(Environment environment, CredentialTable table, Clock clock) {
    Path home = Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath();
    String given = environment.getProperty("fettle.master-key", "");
    Path file = home.resolve(FILE);
    keys = given.isBlank() ? fromFile(file, table) : parse(given, "FETTLE_MASTER_KEY");
    fit(table, given.isBlank() ? file.toString() : "FETTLE_MASTER_KEY");
    table.insertKey(current().id(), current().checkValue(), clock.instant());
  }

  MasterKey current() {
    return keys.getFirst();
  }

  Optional<MasterKey> find(String id) {
    return keys.stream().filter(key -> key.id().equals(id)).findFirst();
  }

  private static List<MasterKey> fromFile(Path file, CredentialTable table) {
    try {
      if (!Files.exists(file)) create(file, table);
      if (PrivateFile.open(file))
        throw new CannotStart(file + " can be read by others; change that with: chmod 600 " + file);
      return parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new CannotStart("Cannot use " + file + " (" + e.getMessage() + ").", e);
    }
  }

  private static void create(Path file, CredentialTable table) throws IOException {
    List<String> used = table.keysInUse();
    if (!used.isEmpty())
      throw new CannotStart(
          file
              + " is missing, but this database holds credentials sealed with the key "
              + used.getFirst()
              + "; put the file back, or give the key as FETTLE_MASTER_KEY.");
    PrivateFile.write(file, Base64.getEncoder().encodeToString(Seal.randomKey()));
  }

  private static List<MasterKey> parse(String text, String where) {
    List<MasterKey> keys = new ArrayList<>();
    for (String line : text.split("[\\s,]+")) {
      if (line.isBlank()) continue;
      keys.add(
          MasterKey.parse(line)
              .orElseThrow(() ->
                  new CannotStart(where + " is not 32 bytes in base64 or hex; " + MAKE + ".")));
    }
    if (keys.isEmpty()) throw new CannotStart(where + " holds no key; " + MAKE + ".");
    return List.copyOf(keys);
  }

  private void fit(CredentialTable table, String where) {
    for (String id : table.keysInUse())
      if (find(id).isEmpty())
        throw new CannotStart(
            "The key in "
                + where
                + " is not the one the stored credentials were sealed with ("
                + id
                + "); use that key, or put it behind the new one to change keys.");
    for (MasterKey key : keys) {
      Optional<byte[]> check = table.checkValue(key.id());
      if (check.isPresent() && !key.opens(check.get()))
        throw new CannotStart(
            "The key "
                + key.id()
                + " in "
                + where
                + " does not open its check value: the table"
                + " secret.master_key was changed; restore the database.");
    }
  }
}
