package io.fettle.library;

import io.fettle.audit.Audit;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Viewer;
import io.fettle.secret.Credential;
import io.fettle.secret.Secrets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Who reads the library over rsync: a name for each team, with a secret of its own. */
@Component
public class Readers {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");
  private static final int MOST = 200;
  private static final String KEPT_AS = "library.rsync.";

  private final ReaderTable table;
  private final Secrets secrets;
  private final Audit audit;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Readers(ReaderTable table, Secrets secrets, Audit audit, Clock clock) {
    this.table = table;
    this.secrets = secrets;
    this.audit = audit;
    this.clock = clock;
  }

  /** One of them. */
  public record Reader(String name, String madeBy, Instant madeAt) {}

  /** A reader at birth: the only time its secret is told. */
  public record NewReader(String name, String secret) {
    @Override
    public String toString() {
      return "NewReader[" + name + "]";
    }
  }

  List<Reader> all() {
    return table.all();
  }

  /** The secret of one, for the daemon's own file. */
  Optional<String> secret(String name) {
    return secrets.open(KEPT_AS + name).map(c -> new String(c.secret()));
  }

  /** Makes one, or gives one that is there a new secret. */
  @Transactional
  public NewReader put(String name, Viewer by) {
    if (!NAME.matcher(name).matches())
      throw Problem.badInput(
          "name",
          RemoteText.cut(name, 80),
          "名称只能用字母、数字、点、下划线和连字符，最长 32 个字符",
          "A name has letters, digits, dots, underscores and hyphens, at most 32");
    List<Reader> all = table.all();
    if (all.size() >= MOST && all.stream().noneMatch(r -> r.name().equals(name)))
      throw Problem.conflict("读者已达 200 个", "There are 200 readers already");
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    secrets.put(
        new Credential(KEPT_AS + name, Credential.Kind.SERVICE, name, secret.toCharArray()),
        by.actor());
    table.put(name, by.actor().toString(), clock.instant());
    audit.record(by.actor(), "library.reader_made", "library:rsync/" + name, null, Map.of());
    return new NewReader(name, secret);
  }

  @Transactional
  public void remove(String name, Viewer by) {
    if (!table.remove(name)) throw Problem.notFound("reader", RemoteText.cut(name, 80));
    secrets.remove(KEPT_AS + name, by.actor());
    audit.record(by.actor(), "library.reader_removed", "library:rsync/" + name, null, Map.of());
  }
}
