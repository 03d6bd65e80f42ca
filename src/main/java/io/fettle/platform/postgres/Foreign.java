package io.fettle.platform.postgres;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a server that somebody else runs calls Fettle's part of it.
 *
 * @param user the role that owns Fettle's tables
 */
public record Foreign(String database, String user) {
  private static final Pattern NAME = Pattern.compile("[^\\x00-\\x1f]{1,63}");

  public Foreign {
    for (String name : List.of(database, user))
      if (!NAME.matcher(name).matches()) throw new IllegalArgumentException(name);
  }
}
