package io.fettle.library;

import io.fettle.kernel.Problem;
import io.fettle.kernel.RemoteText;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a mirror lies, checked: no secret in it, nothing that a program could take for an option or
 * a command.
 */
record MirrorAddress(String scheme, String user, String host, int port, String path) {
  private static final Set<String> SCHEMES =
      Set.of("file", "ssh", "https", "http", "rsync", "rsync+ssh");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,253}|\\[[0-9A-Fa-f:.]+]");
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~/@+,=\\p{IsHan} -]{1,500}");
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.[0-9.]+|\\[::1]");

  static MirrorAddress of(String url) {
    try {
      URI uri = URI.create(url.strip());
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      String user = text(uri.getUserInfo());
      String host = text(uri.getHost());
      String path = text(uri.getPath());
      if (!SCHEMES.contains(scheme)) throw bad(url);
      if (uri.getQuery() != null || uri.getFragment() != null) throw bad(url);
      if (user.contains(":"))
        throw Problem.badInput(
            "url", "", "地址中不能带口令，请单独填写", "no secret in the address: give it in its own field");
      boolean local = scheme.equals("file");
      if (local != host.isEmpty() || !local && !HOST.matcher(host).matches()) throw bad(url);
      if (!user.isEmpty() && !USER.matcher(user).matches()) throw bad(url);
      if (!PATH.matcher(path).matches() || path.contains("/../") || path.endsWith("/.."))
        throw bad(url);
      if (scheme.equals("http") && !LOOPBACK.matcher(host).matches())
        throw Problem.badInput(
            "url", "", "http 会明文传送令牌，请用 https", "http would carry the token in clear: use https");
      return new MirrorAddress(scheme, user, host, uri.getPort(), path);
    } catch (IllegalArgumentException e) {
      throw bad(url);
    }
  }

  boolean overSsh() {
    return scheme.endsWith("ssh");
  }

  boolean isFolder() {
    return scheme.startsWith("rsync");
  }

  private static String text(@Nullable String part) {
    return part == null ? "" : part;
  }

  private static Problem bad(String url) {
    return Problem.badInput(
        "url",
        RemoteText.cut(url, 120),
        "应为 file:///目录、ssh://用户@主机/目录、https://主机/仓库.git、rsync://用户@主机/模块/目录 或"
            + " rsync+ssh://用户@主机/目录",
        "expected file:///folder, ssh://user@host/folder, https://host/repo.git,"
            + " rsync://user@host/module/folder or rsync+ssh://user@host/folder");
  }
}
