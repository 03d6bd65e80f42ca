package io.fettle.backup;

import io.fettle.backup.Manifest.TableSum;
import io.fettle.kernel.Label;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Counts and sums what a whole database holds, every room's tables alike. */
final class ContentTable {
  /** A larger table is counted only: its pages carry checksums that counting them proves. */
  static final long SUMMED = 64L << 20;

  private static final Label STEP = new Label("统计各表", "counting what each table holds");

  private ContentTable() {}

  private record Table(String name, long size, String file) {}

  /** Knows what a table holds without looking into it, by its name and the first of its files. */
  interface Known {
    Optional<TableSum> sum(String table, String file) throws IOException;
  }

  /** Every table of this connection's role, which is every one for the superuser. */
  static List<TableSum> sums(Connection seen, Known known, Progress progress)
      throws SQLException, IOException {
    List<TableSum> sums = new ArrayList<>();
    List<Table> tables = tables(seen);
    for (Table table : tables) {
      progress.at(STEP, sums.size(), tables.size());
      Optional<TableSum> before = known.sum(table.name(), table.file());
      sums.add(before.isPresent() ? before.get() : sum(seen, table, table.size() <= SUMMED));
    }
    return sums;
  }

  /**
   * All tables again, summed where they were then.
   *
   * @param others whether tables are wanted that were not there then
   */
  static List<TableSum> sums(
      Connection seen, List<TableSum> then, boolean others, Progress progress) throws SQLException {
    Map<String, TableSum> known =
        then.stream().collect(Collectors.toMap(TableSum::table, sum -> sum));
    List<TableSum> sums = new ArrayList<>();
    List<Table> tables = tables(seen);
    for (Table table : tables) {
      progress.at(STEP, sums.size(), tables.size());
      TableSum was = known.get(table.name());
      if (was != null || others) sums.add(sum(seen, table, was == null || was.sum() != null));
    }
    return sums;
  }

  private static List<Table> tables(Connection seen) throws SQLException {
    List<Table> tables = new ArrayList<>();
    try (Statement statement = seen.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select format('%I.%I', n.nspname, c.relname), pg_table_size(c.oid),
                       pg_relation_filepath(c.oid)
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
                  and pg_has_role(c.relowner, 'USAGE')
                order by 1
                """)) {
      while (row.next()) tables.add(new Table(row.getString(1), row.getLong(2), row.getString(3)));
    }
    return tables;
  }

  private static TableSum sum(Connection seen, Table table, boolean summed) throws SQLException {
    return summed ? sum(seen, table) : count(seen, table);
  }

  private static TableSum count(Connection seen, Table table) throws SQLException {
    try (Statement statement = seen.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from " + table.name())) {
      row.next();
      return new TableSum(table.name(), row.getLong(1), null);
    }
  }

  private static TableSum sum(Connection seen, Table table) throws SQLException {
    try (Statement statement = seen.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from "
                    + table.name()
                    + " t")) {
      row.next();
      return new TableSum(table.name(), row.getLong(1), row.getString(2));
    }
  }
}
