package io.fettle.library;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;

/** Addresses of the library's pages, for templates. */
public final class LibraryLinks {
  private LibraryLinks() {}

  /** A step of the way to a file. */
  public record Crumb(String name, String path) {}

  /**
   * @param page empty for the folder or file itself, or {@code /history}, {@code /blame}
   */
  public static String href(String page, String ref, String path) {
    String at = "/library" + page + "?ref=" + encoded(ref);
    return path.isEmpty() ? at : at + "&path=" + encoded(path);
  }

  /** The bytes of a file, to keep. */
  public static String raw(String ref, String path) {
    return "/api/v1/library/raw?ref=" + encoded(ref) + "&path=" + encoded(path);
  }

  public static String change(String branch) {
    return "/library/change?branch=" + encoded(branch);
  }

  /** The folders on the way to a path, and the path itself. */
  public static List<Crumb> crumbs(String path) {
    List<Crumb> crumbs = new ArrayList<>();
    for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      crumbs.add(crumb(path.substring(0, end)));
    if (!path.isEmpty()) crumbs.add(crumb(path));
    return crumbs;
  }

  /** How a commit is called in lists. */
  public static String brief(String commit) {
    return commit.substring(0, 10);
  }

  /** A branch or tag by its name, a commit shortly. */
  public static String called(String ref) {
    return ref.matches("[0-9a-f]{40}") ? brief(ref) : ref;
  }

  private static Crumb crumb(String path) {
    return new Crumb(path.substring(path.lastIndexOf('/') + 1), path);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
