package io.fettle.pack.account;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link AccountSurvey} said: of the machine, and of one account.
 *
 * @param values each word's values in order; what the machine as a whole said is part of every
 *     account's facts
 */
record Facts(Map<String, List<String>> values) {
  /** By account name. Output that makes no sense gives no facts. */
  static Map<String, Facts> read(String output) {
    Map<String, List<String>> machine = new LinkedHashMap<>();
    Map<String, Facts> accounts = new LinkedHashMap<>();
    Map<String, List<String>> now = machine;
    for (String line : output.split("\n")) {
      int tab = line.indexOf('\t');
      if (tab < 1) continue;
      String word = line.substring(0, tab);
      String value = line.substring(tab + 1).strip();
      if (word.equals("account")) {
        now = new LinkedHashMap<>(copy(machine));
        accounts.put(value, new Facts(now));
      } else {
        now.computeIfAbsent(word, _ -> new ArrayList<>()).add(value);
      }
    }
    return accounts;
  }

  private static Map<String, List<String>> copy(Map<String, List<String>> of) {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    of.forEach((word, values) -> copy.put(word, new ArrayList<>(values)));
    return copy;
  }

  /** First value; empty when the word was not said or its value is empty. */
  Optional<String> one(String word) {
    return all(word).stream().findFirst().filter(v -> !v.isEmpty());
  }

  List<String> all(String word) {
    return values.getOrDefault(word, List.of());
  }

  /** Number; 0 when absent or none. */
  int number(String word) {
    return one(word).map(Facts::number0).orElse(0);
  }

  static int number0(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Complete: the survey came to the end of this account; one cut by its limit did not. */
  boolean complete() {
    return one("sshd_config").isPresent() && values.containsKey("passwd") && one("end").isPresent();
  }

  /** Field of the passwd line, from 0; empty when there is no such user. */
  Optional<String> passwd(int field) {
    return one("passwd")
        .map(line -> line.split(":", -1))
        .filter(f -> f.length > field)
        .map(f -> f[field]);
  }

  /**
   * Field of the shadow facts: 0 kind, 1 last change, 2 longest, 3 inactive, 4 expires; -1 absent.
   */
  int shadow(int field) {
    String[] parts = one("shadow").orElse("").split("\\|", -1);
    return parts.length <= field || parts[field].isEmpty() ? -1 : number0(parts[field]);
  }

  /** Words of one of sshd's settings as it holds for this user. */
  List<String> sshd(String setting) {
    return all("sshd").stream()
        .filter(l -> l.startsWith(setting + " "))
        .map(l -> l.substring(setting.length() + 1))
        .toList();
  }

  /** Kind, owner, mode and path of home, folder or file. */
  record Node(String kind, int owner, int mode, String path) {
    boolean missing() {
      return kind.equals("missing");
    }

    boolean symlink() {
      return kind.equals("symlink");
    }

    boolean othersMayWrite() {
      return (mode & 0022) != 0;
    }
  }

  Optional<Node> node(String word) {
    String[] parts = one(word).orElse("").split(" ", 4);
    if (parts.length < 4) return Optional.empty();
    int mode = parts[2].matches("[0-7]+") ? Integer.parseInt(parts[2], 8) : 0;
    return Optional.of(new Node(parts[0], number0(parts[1]), mode, parts[3]));
  }
}
