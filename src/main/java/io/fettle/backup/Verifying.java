package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.Label;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.Recovery;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Proves a backup: restores it into a throw-away server and compares every table. */
final class Verifying {
  private static final long SPARE = 200L << 20;

  private final EmbeddedPostgres beside;
  private final BackupKey key;

  Verifying(EmbeddedPostgres beside, BackupKey key) {
    this.beside = beside;
    this.key = key;
  }

  /**
   * The named backup, or the newest.
   *
   * @throws BackupRefused naming what is missing, damaged or different
   */
  Comparison of(Path folder, Head head, Progress progress) throws IOException, SQLException {
    Manifest manifest = new Shelf(folder).read(head, key);
    Recovery recovery = Recovery.scratch(beside);
    try (Chunks chunks = new Chunks(folder, key)) {
      long room = recovery.room();
      if (room < head.bytes() + SPARE)
        throw new BackupRefused(
            "没有空间试恢复：需要 " + ((head.bytes() + SPARE) >> 20) + " MB，剩余 " + (room >> 20) + " MB。",
            "There is no room to restore it for the test: "
                + ((head.bytes() + SPARE) >> 20)
                + " MB are needed and "
                + (room >> 20)
                + " MB are free.");
      Laying laying = new Laying(manifest, chunks, progress);
      laying.check();
      laying.out("database/", recovery.folder());
      laying.readOther();
      String properties = laying.text(Laying.PROPERTIES);
      progress.at(new Label("重放数据库日志", "replaying the database's log"), 0, 0);
      try (EmbeddedPostgres scratch = recovery.run(properties, manifest.point(), _ -> {});
          Connection seen = Recovery.look(scratch)) {
        Comparison same =
            Comparison.of(manifest.tables(), ContentTable.sums(seen, manifest.tables(), progress));
        same.require();
        return same;
      }
    } finally {
      Recovery.discardScratch(beside);
    }
  }
}
