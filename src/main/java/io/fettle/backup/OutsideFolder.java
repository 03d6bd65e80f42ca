package io.fettle.backup;

import io.fettle.kernel.Label;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A data folder laid out for a server that somebody else runs: when that starts on it, its log is
 * replayed to the moment of the backup and no further.
 */
final class OutsideFolder {
  private OutsideFolder() {}

  static Path in(Path home) {
    return home.resolve(HomeFiles.LAID_OUT);
  }

  static Path lay(Path home, Manifest manifest, Laying laying) throws IOException {
    Path folder = in(home);
    Files.createDirectory(folder, Disk.PRIVATE);
    laying.out("database/", folder);
    Files.writeString(
        folder.resolve("postgresql.auto.conf"),
        """
        # Set by a restore of Fettle: the log is replayed to the moment of the backup.
        restore_command = 'false'
        recovery_target_lsn = '%s'
        recovery_target_inclusive = off
        recovery_target_action = 'promote'
        """
            .formatted(manifest.point()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    Files.writeString(folder.resolve("recovery.signal"), "");
    return folder;
  }

  /** What is to be done with it. */
  static Label next(Path home, Manifest manifest) {
    Manifest.Outside outside = Objects.requireNonNull(manifest.outside());
    int major = manifest.head().postgres();
    Path folder = in(home);
    return new Label(
        "数据库（PostgreSQL %s，来自 %s 的 %s）在 %s。请 DBA：1. 停掉目标 PostgreSQL %d，把该目录的内容移到它空的数据目录，属主 postgres，权限 0700；2. 启动它，它会把日志重放到备份的时刻；3. 把它的地址写入 conf/fettle.yml 的 platform.database-url（或 FETTLE_DB_URL）。然后 './fettle up'。原来的数据库还在运行时不需要这个目录，可以删除。"
            .formatted(outside.version(), outside.server(), outside.database(), folder, major),
        "The database (PostgreSQL %s, %s of %s) lies in %s. The DBA's part: 1. stop a PostgreSQL %d and move what is in this folder to its empty data folder, owner postgres, mode 0700; 2. start it: it replays its log to the moment of the backup; 3. put its address into platform.database-url of conf/fettle.yml (or FETTLE_DB_URL). Then './fettle up'. Where the old database still runs, this folder is not needed: delete it."
            .formatted(outside.version(), outside.database(), outside.server(), folder, major));
  }
}
