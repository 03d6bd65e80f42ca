package io.fettle.backup;

import io.fettle.backup.Manifest.TableSum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a recovered database holds against what its backup says. */
record Comparison(int tables, long rows, List<String> differences) {
  Comparison {
    differences = List.copyOf(differences);
  }

  static Comparison of(List<TableSum> then, List<TableSum> now) {
    Map<String, TableSum> found = new HashMap<>();
    now.forEach(sum -> found.put(sum.table(), sum));
    List<String> differences = new ArrayList<>();
    long rows = 0;
    for (TableSum was : then) {
      TableSum is = found.remove(was.table());
      rows += was.rows();
      if (is == null) differences.add(was.table() + " is missing");
      else if (is.rows() != was.rows())
        differences.add(was.table() + " has " + is.rows() + " rows instead of " + was.rows());
      else if (!Objects.equals(is.sum(), was.sum()))
        differences.add(was.table() + " has other rows");
    }
    found.keySet().forEach(table -> differences.add(table + " was not in the backup"));
    return new Comparison(then.size(), rows, differences);
  }

  boolean equal() {
    return differences.isEmpty();
  }

  /** As the last step of a restore or a verification. */
  void require() {
    if (!equal())
      throw new BackupRefused(
          "恢复出的数据库与备份不一致：" + differences,
          "The recovered database is not what the backup says: " + differences + ".");
  }
}
