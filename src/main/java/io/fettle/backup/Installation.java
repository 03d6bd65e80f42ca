package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One FETTLE_HOME and the time since which it is. What a restore makes is another one with the same
 * key, and so is a copy of it in another folder or on another machine: while both live they must
 * not share a folder, for each would remove what the other needs.
 *
 * @param since later than every backup that it was restored from
 */
record Installation(String id, Instant since) {
  private static final String[] NEW = {};

  /** In FETTLE_HOME, and in no backup. */
  static final String FILE = "installation";

  /** Of this home; made at first use. */
  static Installation of(Path home, Clock clock) {
    Path file = home.resolve(FILE);
    try {
      String[] words = Files.exists(file) ? Files.readString(file).strip().split(" ") : NEW;
      String place = place(home);
      boolean elsewhere = words.length > 2 && !words[2].equals(place);
      Installation one =
          words == NEW || elsewhere
              ? new Installation(UUID.randomUUID().toString(), clock.instant())
              : new Installation(words[0], Instant.parse(words[1]));
      if (words.length != 3 || elsewhere)
        PrivateFile.write(file, one.id() + " " + one.since() + " " + place);
      return one;
    } catch (IOException | DateTimeParseException | ArrayIndexOutOfBoundsException e) {
      throw new BackupRefused(
          "无法使用文件 " + file + "（" + e + "）；可以删除它，会重新生成。",
          "The file " + file + " cannot be used (" + e + "); it may be deleted, and is made anew.");
    }
  }

  /** Where this home is: a copy of it elsewhere is another one. */
  private static String place(Path home) throws IOException {
    StringBuilder where = new StringBuilder().append(home.toRealPath());
    for (Path file : List.of(Path.of("/etc/machine-id"), Path.of("/proc/sys/kernel/hostname")))
      if (Files.isReadable(file)) where.append('\n').append(Files.readString(file).strip());
    return UUID.nameUUIDFromBytes(where.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** The newest of these that another Fettle made while this one was there. */
  Optional<Head> another(Collection<Head> heads) {
    return heads.stream()
        .filter(head -> head.installation() != null && !id.equals(head.installation()))
        .filter(head -> head.at().isAfter(since))
        .findFirst();
  }

  /**
   * @throws BackupRefused where another Fettle with the same key puts its backups too
   */
  void requireAlone(Collection<Head> heads, Path folder) {
    another(heads)
        .ifPresent(head -> {
          throw new BackupRefused(
              "目录 " + folder + " 里的备份 " + head.id() + " 是另一个使用同一把密钥的 Fettle 做的：每个 Fettle 要有自己的目录。",
              "The backup "
                  + head.id()
                  + " in "
                  + folder
                  + " was made by another Fettle with the same key: each needs a folder of its own.");
        });
  }
}
