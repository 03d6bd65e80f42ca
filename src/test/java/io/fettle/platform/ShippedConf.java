package io.fettle.platform;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the commented-out settings of the shipped file: {@code #room:} and {@code # name: value}.
 */
final class ShippedConf {
  private static final Pattern LINE = Pattern.compile("#((?:  )*)([a-z][a-z0-9-]*):( .*)?");

  private ShippedConf() {}

  static List<String> keys(List<String> lines) {
    List<String> keys = new ArrayList<>();
    Deque<String> path = new ArrayDeque<>();
    for (String line : lines) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) continue;
      int depth = matcher.group(1).length() / 2;
      while (path.size() > depth) path.removeLast();
      path.addLast(matcher.group(2));
      if (matcher.group(3) != null) keys.add("fettle." + String.join(".", path));
    }
    return keys;
  }
}
