package io.fettle.library;

import io.fettle.audit.Audit;
import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Viewer;
import io.fettle.secret.Credential;
import io.fettle.secret.Secrets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Which mirrors there are. */
@Component
class Mirrors {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,31}");
  private static final int MOST = 50;
  private static final int LONGEST_SECRET = 20_000;
  private static final String KEPT_AS = "library.mirror.";

  private final MirrorTable table;
  private final Secrets secrets;
  private final Audit audit;
  private final Clock clock;

  Mirrors(MirrorTable table, Secrets secrets, Audit audit, Clock clock) {
    this.table = table;
    this.secrets = secrets;
    this.audit = audit;
    this.clock = clock;
  }

  List<Mirror> all() {
    return table.all();
  }

  /** Key, token or password; empty when it needs none. */
  Optional<String> secret(String name) {
    return secrets.open(KEPT_AS + name).map(c -> new String(c.secret()));
  }

  /**
   * Adds or replaces one.
   *
   * @param secret a private key for ssh, a token or password for the rest; empty keeps what is
   *     stored, if anything
   */
  @Transactional
  public void put(String name, String url, String secret, Viewer by) {
    if (!NAME.matcher(name).matches())
      throw Problem.badInput(
          "name",
          RemoteText.cut(name, 80),
          "名称只能用字母、数字、下划线和连字符，最长 32 个字符",
          "A name has letters, digits, underscores and hyphens, at most 32");
    MirrorAddress address = MirrorAddress.of(url);
    List<Mirror> all = table.all();
    if (all.size() >= MOST && all.stream().noneMatch(m -> m.name().equals(name)))
      throw Problem.conflict("镜像已达 50 个", "There are 50 mirrors already");
    boolean kept = !secret.isBlank();
    if (kept) keep(name, address, secret, by);
    if (address.overSsh() && !kept && secret(name).isEmpty())
      throw Problem.badInput("secret", "", "ssh 需要私钥", "ssh needs a private key");
    table.put(name, url.strip(), by.actor().toString(), clock.instant());
    audit.record(
        by.actor(),
        "library.mirror_set",
        "library:mirror/" + name,
        null,
        Map.of("url", url.strip()));
  }

  private void keep(String name, MirrorAddress address, String secret, Viewer by) {
    if (secret.length() > LONGEST_SECRET)
      throw Problem.badInput(
          "secret", "", "过长（最长 20000 个字符）", "too long (at most 20000 characters)");
    Credential.Kind kind = address.overSsh() ? Credential.Kind.SSH_KEY : Credential.Kind.SERVICE;
    String user = address.user().isEmpty() ? "fettle" : address.user();
    String text = kind == Credential.Kind.SSH_KEY ? secret : secret.strip();
    secrets.put(new Credential(KEPT_AS + name, kind, user, text.toCharArray()), by.actor());
  }

  @Transactional
  public void remove(String name, Viewer by) {
    if (!table.remove(name)) throw Problem.notFound("mirror", RemoteText.cut(name, 80));
    secrets.remove(KEPT_AS + name, by.actor());
    audit.record(by.actor(), "library.mirror_removed", "library:mirror/" + name, null, Map.of());
  }
}
