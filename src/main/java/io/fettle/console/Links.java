package io.fettle.console;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Addresses with parameters. */
public final class Links {
  private Links() {}

  /** The query part of the machines list cut to one rack. */
  public static String rack(@Nullable String site, @Nullable String room, String rack) {
    return "q="
        + encode(
            "placement.rack == "
                + quoted(rack)
                + " and placement.site == "
                + (site == null ? "null" : quoted(site))
                + " and placement.room == "
                + (room == null ? "null" : quoted(room)));
  }

  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * The path when it is one of this server, else home: never an address a stranger put in a form.
   */
  static String local(String back) {
    boolean path = back.startsWith("/") && !back.startsWith("//") && back.indexOf('\\') < 0;
    return path && back.chars().allMatch(c -> c > 0x20 && c < 0x7f) ? back : "/";
  }

  /** A text as a literal of the CMDB query language. */
  static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
