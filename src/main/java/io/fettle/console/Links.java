package io.fettle.console;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Addresses with parameters. */
public final class Links {
  private Links() {}

  /** The query part of the machines list cut to one rack. */
  public static String rack(String site, String rack) {
    return "q="
        + encode("placement.site == " + quoted(site) + " and placement.rack == " + quoted(rack));
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
