package io.fettle.pack.account;

import io.fettle.cmdb.MachineDoc;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * An account as declared in {@code intent.accounts}.
 *
 * @param uid empty when any will do
 * @param keys public keys as in authorized_keys, type and blob first
 * @param sudo what follows the name in sudoers, e.g. {@code ALL=(ALL) NOPASSWD: ALL}; empty for
 *     none
 * @param end until when it may log in; empty when nothing is said, which leaves it to the machine
 * @param groups supplementary groups it is to be in
 * @param noPassword true when it is to have no usable password, so that there is none to change
 * @param unbar true when bars that somebody set on the machine (nologin, DenyUsers, limits …) are
 *     to be undone too
 * @param loginProof true when Fettle may prove a log-in by logging in with a one-time key
 */
record Declared(
    String name,
    OptionalInt uid,
    Optional<String> shell,
    Optional<String> home,
    List<String> keys,
    Optional<String> sudo,
    Optional<End> end,
    Set<String> groups,
    boolean noPassword,
    boolean unbar,
    boolean loginProof) {
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._/-]{1,200}");
  private static final Pattern KEY =
      Pattern.compile("(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( [^\\p{Cntrl}']*)?");
  private static final Pattern SUDO = Pattern.compile("[A-Za-z0-9 =(),:/._*!-]{1,200}");

  /**
   * A declared end.
   *
   * @param day last day it may log in; empty for {@code never}
   */
  record End(Optional<LocalDate> day) {}

  /** What cannot be used of a declaration, in words. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String why) {
      super(why, null, false, false);
    }
  }

  /** All names, usable or not, in order. */
  static List<String> names(MachineDoc machine) {
    List<String> names = new ArrayList<>();
    for (JsonNode item : machine.at("intent.accounts")) names.add(item.path("name").asString(""));
    return names;
  }

  /** The usable ones. */
  static List<Declared> all(MachineDoc machine) {
    List<Declared> all = new ArrayList<>();
    for (JsonNode item : machine.at("intent.accounts")) {
      try {
        all.add(of(item));
      } catch (Unusable e) {
        continue;
      }
    }
    return all;
  }

  /** The one of this name; empty when it is not declared. */
  static Optional<JsonNode> find(MachineDoc machine, String name) {
    for (JsonNode item : machine.at("intent.accounts"))
      if (item.path("name").asString("").equals(name)) return Optional.of(item);
    return Optional.empty();
  }

  static Declared of(JsonNode item) throws Unusable {
    String name = item.path("name").asString("");
    if (!NAME.matcher(name).matches()) throw new Unusable("name: " + name);
    List<String> keys = new ArrayList<>();
    for (JsonNode key : item.path("keys")) keys.add(matching("key", key.asString("").strip(), KEY));
    return new Declared(
        name,
        item.path("uid").isNumber()
            ? OptionalInt.of(item.path("uid").asInt())
            : OptionalInt.empty(),
        text(item, "shell", PATH),
        text(item, "home", PATH),
        List.copyOf(keys),
        sudo(item),
        end(item),
        groups(item),
        noPassword(item),
        unbar(item),
        loginProof(item));
  }

  private static Set<String> groups(JsonNode item) throws Unusable {
    Set<String> groups = new LinkedHashSet<>();
    for (JsonNode group : item.path("groups"))
      groups.add(matching("groups", group.asString(""), NAME));
    return Set.copyOf(groups);
  }

  private static boolean noPassword(JsonNode item) throws Unusable {
    String password = item.path("password").asString("");
    if (!password.isEmpty() && !password.equals("none"))
      throw new Unusable("password is not none: it is never declared");
    return !password.isEmpty();
  }

  private static boolean unbar(JsonNode item) throws Unusable {
    JsonNode unbar = item.path("unbar");
    if (!unbar.isMissingNode() && !unbar.isNull() && !unbar.isBoolean())
      throw new Unusable("unbar is neither true nor false: " + unbar.asString(""));
    return unbar.asBoolean(false);
  }

  private static boolean loginProof(JsonNode item) throws Unusable {
    String proof = item.path("proof").asString("without_secrets");
    if (!proof.equals("login") && !proof.equals("without_secrets"))
      throw new Unusable("proof is neither login nor without_secrets: " + proof);
    return proof.equals("login");
  }

  private static Optional<String> sudo(JsonNode item) throws Unusable {
    JsonNode sudo = item.path("sudo");
    if (sudo.isBoolean())
      return sudo.asBoolean() ? Optional.of("ALL=(ALL:ALL) NOPASSWD: ALL") : Optional.empty();
    return text(item, "sudo", SUDO);
  }

  private static Optional<End> end(JsonNode item) throws Unusable {
    String text = item.path("expires").asString("");
    if (text.isEmpty()) return Optional.empty();
    if (text.equals("never")) return Optional.of(new End(Optional.empty()));
    try {
      return Optional.of(new End(Optional.of(LocalDate.parse(text))));
    } catch (DateTimeParseException e) {
      throw new Unusable("expires is neither a date nor never: " + text);
    }
  }

  private static Optional<String> text(JsonNode item, String field, Pattern pattern)
      throws Unusable {
    String text = item.path(field).asString("").strip();
    if (text.isEmpty()) return Optional.empty();
    return Optional.of(matching(field, text, pattern));
  }

  private static String matching(String field, String text, Pattern pattern) throws Unusable {
    if (!pattern.matcher(text).matches()) throw new Unusable(field + ": " + text);
    return text;
  }

  /** Type and blob of a key without its comment. */
  static String bare(String key) {
    String[] words = key.split(" ", 3);
    return words[0] + " " + words[1];
  }

  /** True when this account is somebody's who has left: it is not to log in. */
  boolean ended(LocalDate today) {
    return end.flatMap(End::day).filter(day -> day.isBefore(today)).isPresent();
  }
}
