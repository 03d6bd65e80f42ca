package io.fettle.backup;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Backups and verifications that ended. */
@Component
class BackupTable {
  private final JdbcClient jdbc;

  BackupTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** One that ended; {@code why} of one that failed. */
  record Run(
      Work.Kind kind,
      String folder,
      Optional<String> backup,
      Instant beganAt,
      Instant endedAt,
      boolean ok,
      long stored,
      long rows,
      Label why) {}

  void insert(Work work, Actor actor) {
    Label why = Optional.ofNullable(work.why()).orElse(Label.same(""));
    jdbc.sql(
            """
            insert into backup.run (kind, folder, backup, actor, began_at, ended_at, ok, files, bytes,
              stored, compared_rows, why_zh, why_en)
            values (:kind, :folder, :backup, :actor, :began, :ended, :ok, :files, :bytes,
              :stored, :rows, :zh, :en)
            """)
        .param("kind", work.kind().name())
        .param("folder", work.folder())
        .param("backup", work.backup())
        .param("actor", actor.toString())
        .param("began", time(work.beganAt()))
        .param("ended", time(Optional.ofNullable(work.endedAt()).orElse(work.beganAt())))
        .param("ok", work.state() == Work.State.DONE)
        .param("files", work.files())
        .param("bytes", work.bytes())
        .param("stored", work.stored())
        .param("rows", work.rows())
        .param("zh", why.zh())
        .param("en", why.en())
        .update();
  }

  /** The newest of this kind in a folder, of those that went well or of all. */
  Optional<Run> last(Work.Kind kind, boolean onlyGood, String folder) {
    return runs(kind, onlyGood, folder).stream().findFirst();
  }

  /** Whether this backup is on the record. */
  boolean knows(String backup) {
    return jdbc.sql(
            "select exists (select from backup.run where kind = 'BACKUP' and backup = :backup)")
        .param("backup", backup)
        .query(Boolean.class)
        .single();
  }

  /** Whether a backup ever went to this folder, asked of a database that may be an older one's. */
  static boolean wasUsed(Connection database, Path folder) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet there = statement.executeQuery("select to_regclass('backup.run')")) {
      if (!there.next() || there.getString(1) == null) return false;
    }
    try (PreparedStatement statement =
        database.prepareStatement(
            "select exists (select from backup.run where kind = 'BACKUP' and ok and folder = ?)")) {
      statement.setString(1, folder.toString());
      try (ResultSet answer = statement.executeQuery()) {
        return answer.next() && answer.getBoolean(1);
      }
    }
  }

  /** The newest backup in this folder that was proven. */
  Optional<String> proven(String folder) {
    return last(Work.Kind.VERIFICATION, true, folder).flatMap(Run::backup);
  }

  private List<Run> runs(Work.Kind kind, boolean onlyGood, String folder) {
    return jdbc.sql(
            """
            select kind, folder, backup, began_at, ended_at, ok, stored, compared_rows, why_zh, why_en
            from backup.run
            where kind = :kind and (ok or not :good) and folder = :folder
            order by began_at desc limit 1
            """)
        .param("kind", kind.name())
        .param("good", onlyGood)
        .param("folder", folder)
        .query(BackupTable::run)
        .list();
  }

  private static Run run(ResultSet row, int number) throws SQLException {
    return new Run(
        Work.Kind.valueOf(row.getString("kind")),
        row.getString("folder"),
        Optional.ofNullable(row.getString("backup")),
        row.getObject("began_at", OffsetDateTime.class).toInstant(),
        row.getObject("ended_at", OffsetDateTime.class).toInstant(),
        row.getBoolean("ok"),
        row.getLong("stored"),
        row.getLong("compared_rows"),
        new Label(row.getString("why_zh"), row.getString("why_en")));
  }

  private static OffsetDateTime time(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }
}
