package io.fettle.backup;

import io.fettle.backup.Manifest.TableSum;
import io.fettle.kernel.Label;
import io.fettle.platform.postgres.BaseBackup;
import io.fettle.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Of the PostgreSQL that Fettle runs, whose files it reads itself. */
final class OwnCopy implements DatabaseCopy {
  static final Label DATABASE = new Label("复制数据库", "copying the database");
  static final Label LOG = new Label("复制数据库日志", "copying the database's log");

  private final BaseBackup base;
  private final String point;

  OwnCopy(EmbeddedPostgres postgres, String point) throws SQLException {
    this.point = point;
    this.base = BaseBackup.begin(postgres, point);
  }

  @Override
  public String identifier() throws SQLException {
    return base.identifier();
  }

  @Override
  public int major() {
    return EmbeddedPostgres.MAJOR;
  }

  @Override
  public Manifest.@Nullable Outside outside() {
    return null;
  }

  @Override
  public void files(FileCopy copy, Progress progress) throws IOException, SQLException {
    List<Path> all = base.files();
    long total = 0;
    for (Path file : all) total += base.data().resolve(file).toFile().length();
    for (Path file : all) {
      progress.at(DATABASE, copy.bytes(), total);
      try {
        copy.add("database/" + file, base.data().resolve(file));
      } catch (NoSuchFileException e) {
        // A table dropped since the list was made: the log knows.
      }
    }
    copy.add("database/backup_label", base.end());
  }

  @Override
  public Connection point(int tries, BaseBackup.Still still) throws IOException, SQLException {
    Connection seen = base.point(point, tries, still);
    base.writeOut();
    return seen;
  }

  @Override
  public Optional<TableSum> unchanged(Before before, String table, String file) throws IOException {
    return before.same(table, base.data(), file);
  }

  @Override
  public String pointName() {
    return point;
  }

  @Override
  public void log(FileCopy copy, Progress progress) throws IOException {
    List<Path> log = base.log();
    for (int i = 0; i < log.size(); i++) {
      progress.at(LOG, i, log.size());
      copy.add("database/" + log.get(i), base.data().resolve(log.get(i)));
    }
  }

  @Override
  public void close() throws SQLException {
    base.close();
  }
}
