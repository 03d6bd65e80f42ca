package io.fettle.backup;

import io.fettle.kernel.CannotStart;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place off this machine, checked: nothing in it that a program could take for an option or a
 * command.
 *
 * @param destination the folder as rsync takes it, with a slash at its end
 * @param port 0: SSH's usual one
 * @param key null for a folder of this machine
 */
record Target(
    String name,
    String url,
    String destination,
    int port,
    @Nullable Path key,
    @Nullable String hostKey,
    int keep,
    Duration limit) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,253}|\\[[0-9A-Fa-f:.]+]");
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~/@+,=\\p{IsHan} -]{1,500}");
  private static final Pattern HOST_KEY =
      Pattern.compile("(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]{40,2000}");

  /**
   * @throws CannotStart with what is wrong and what would be right
   */
  static Target of(String name, TargetSettings settings) {
    if (!NAME.matcher(name).matches())
      throw wrong(name, "a name has small letters, digits and hyphens, at most 32");
    if (settings.keep() < 1) throw wrong(name, "keep must be 1 or more");
    URI uri = uri(name, settings.url());
    String path = String.valueOf(uri.getPath());
    if (!PATH.matcher(path).matches() || (path + "/").contains("/../"))
      throw wrong(name, "its url names no folder that can be used");
    String folder = path.endsWith("/") ? path : path + "/";
    return switch (String.valueOf(uri.getScheme())) {
      case "file" -> folder(name, settings, uri, folder);
      case "rsync+ssh" -> overSsh(name, settings, uri, folder);
      default ->
          throw wrong(name, "its url must be file:///folder or rsync+ssh://user@host/folder");
    };
  }

  private static URI uri(String name, @Nullable String url) {
    try {
      URI uri = URI.create(String.valueOf(url).strip());
      if (uri.getQuery() == null && uri.getFragment() == null) return uri;
    } catch (IllegalArgumentException e) {
      // One sentence for every kind of wrong address.
    }
    throw wrong(name, "its url must be file:///folder or rsync+ssh://user@host/folder");
  }

  private static Target folder(String name, TargetSettings settings, URI uri, String folder) {
    if (uri.getHost() != null) throw wrong(name, "file:// takes three slashes: file:///folder");
    return new Target(
        name, settings.url(), folder, 0, null, null, settings.keep(), settings.timeLimit());
  }

  private static Target overSsh(String name, TargetSettings settings, URI uri, String folder) {
    String host = uri.getHost();
    String user = uri.getUserInfo();
    if (host == null || !HOST.matcher(host).matches()) throw wrong(name, "its url names no host");
    if (user != null && !USER.matcher(user).matches())
      throw wrong(name, "its url names no user that can be used; a secret never stands there");
    String key = settings.key();
    String hostKey = settings.hostKey();
    if (key == null || !key.startsWith("/") || key.contains("'"))
      throw wrong(name, "key must name the file of the private key, with its whole path");
    if (hostKey == null || !HOST_KEY.matcher(hostKey.strip()).matches())
      throw wrong(
          name,
          "host-key must be the host's public key as 'ssh-keyscan -t ed25519 HOST' says it: 'ssh-ed25519 AAAA...'");
    return new Target(
        name,
        settings.url(),
        (user == null ? "" : user + "@") + host + ":" + folder,
        Math.max(0, uri.getPort()),
        Path.of(key),
        hostKey.strip(),
        settings.keep(),
        settings.timeLimit());
  }

  boolean overSsh() {
    return key != null;
  }

  private static CannotStart wrong(String name, String why) {
    return new CannotStart("backup.targets." + name + " in the settings: " + why + ".");
  }
}
