package io.fettle.backup;

import java.nio.charset.StandardCharsets;

/** The file with the key of the machines' credentials. It is in no backup; its mark is. */
final class MasterKeyFile {
  static final String NAME = "master.key";

  private MasterKeyFile() {}

  /** Tells this file's content from another's, to the holder of the backup key only. */
  static String mark(String content, BackupKey key) {
    byte[] text = ("master key " + content.strip()).getBytes(StandardCharsets.UTF_8);
    return key.name(text, text.length);
  }
}
