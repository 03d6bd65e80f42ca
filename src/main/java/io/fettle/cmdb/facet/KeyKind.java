package io.fettle.cmdb.facet;

import java.util.Arrays;
import java.util.List;

/** Kinds of key that lead to a machine. */
public enum KeyKind {
  ASSET_NO("asset_no", 0),
  SERIAL("serial", 1),
  UUID("uuid", 1),
  BMC_MAC("bmc.mac", 1),
  BOARD_SERIAL("board_serial", 2),
  MAC("net.mac", 2),
  HOSTNAME("hostname", 3),
  IP("net.ip", 3),
  BMC_IP("bmc.ip", 3);

  private final String word;
  private final int strength;

  KeyKind(String word, int strength) {
    this.word = word;
    this.strength = strength;
  }

  /** As the database, the API and pages write it. */
  public String word() {
    return word;
  }

  /** Identity class: 0 and 1 identify alone and are unique, 2 may identify, 3 only breaks ties. */
  public int strength() {
    return strength;
  }

  /** True when at most one machine may hold such a key. */
  public boolean unique() {
    return strength < 2;
  }

  /** Reads {@link #word()}. */
  public static KeyKind of(String word) {
    return Arrays.stream(values())
        .filter(k -> k.word.equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no key kind " + word));
  }

  /** Words of the unique kinds. */
  public static List<String> uniqueWords() {
    return Arrays.stream(values()).filter(KeyKind::unique).map(KeyKind::word).toList();
  }
}
