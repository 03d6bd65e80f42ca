package io.fettle.cmdb;

import io.fettle.audit.Audit;
import io.fettle.cmdb.IntentText.Good;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps what was declared; {@link IntentRules} brings it to the machines. */
@Component
class StoredIntents implements Intents {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,99}");
  private static final int MOST = 2000;
  private final IntentTable table;
  private final IntentText text;
  private final IntentFolder folder;
  private final StoredRegister register;
  private final Audit audit;
  private final Clock clock;
  private final TransactionTemplate transaction;

  StoredIntents(
      IntentTable table,
      IntentText text,
      IntentFolder folder,
      StoredRegister register,
      Audit audit,
      Clock clock,
      PlatformTransactionManager transactions) {
    this.table = table;
    this.text = text;
    this.folder = folder;
    this.register = register;
    this.audit = audit;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Override
  public List<Document> declare(String name, String yaml, Actor actor) {
    List<Good> good = good(name, yaml);
    transaction.executeWithoutResult(_ -> {
      List<IntentTable.Row> before = under(name);
      if (before.stream().anyMatch(r -> r.origin() == Origin.FILE)) throw inFile(name);
      if (table.all().size() + good.size() > MOST)
        throw Problem.conflict(
            "期望文档最多 " + MOST + " 份", "there may be at most " + MOST + " intent documents");
      for (Good one : good)
        table.put(
            one.name(), Origin.DECLARED, one.text(), actor.toString(), Sql.micros(clock.instant()));
      List<String> gone =
          before.stream()
              .map(IntentTable.Row::name)
              .filter(n -> good.stream().noneMatch(g -> g.name().equals(n)))
              .toList();
      table.remove(gone, Origin.DECLARED);
      audit.record(
          actor,
          "intent.declared",
          "intent:" + name,
          null,
          Map.of("for", good.stream().map(g -> g.query().text()).toList()));
    });
    return list().stream().filter(d -> belongs(d.name(), name)).toList();
  }

  @Override
  public List<Document> check(String name, String yaml) {
    return good(name, yaml).stream()
        .map(g ->
            new Document(
                g.name(),
                Origin.DECLARED,
                g.query().text(),
                g.text(),
                "",
                clock.instant(),
                0,
                register.count(g.query(), Viewer.system("cmdb")),
                false))
        .toList();
  }

  private List<Good> good(String name, String yaml) {
    if (!NAME.matcher(name).matches())
      throw Problem.badInput(
          "name",
          name.length() > 80 ? name.substring(0, 80) : name,
          "名称只能用小写字母、数字和 . _ / -，最多 100 个字符",
          "a name has lower-case letters, digits, '.', '_', '/', '-', at most 100");
    IntentText.Read read = text.read(name, yaml);
    if (read.faults().isEmpty()) return read.documents();
    throw new Problem(
        422,
        "bad-intent",
        new Label("期望文档有错误", "the intent document has mistakes"),
        read.faults().stream()
            .limit(100)
            .map(f -> new Problem.Fault("line " + f.line() + ", column " + f.column(), "", f.why()))
            .toList());
  }

  private List<IntentTable.Row> under(String name) {
    return table.all().stream().filter(r -> !r.removed() && belongs(r.name(), name)).toList();
  }

  private static boolean belongs(String document, String name) {
    return document.equals(name) || document.startsWith(name + "#");
  }

  private static Problem inFile(String name) {
    return Problem.conflict(
        name + " 由文件声明，请修改该文件", name + " is declared by a file; change the file");
  }

  @Override
  public boolean withdraw(String name, Actor actor) {
    return Boolean.TRUE.equals(
        transaction.execute(_ -> {
          List<IntentTable.Row> rows = under(name);
          if (rows.stream().anyMatch(r -> r.origin() == Origin.FILE)) throw inFile(name);
          if (rows.isEmpty()) return false;
          table.remove(rows.stream().map(IntentTable.Row::name).toList(), Origin.DECLARED);
          audit.record(actor, "intent.withdrawn", "intent:" + name, null, Map.of());
          return true;
        }));
  }

  @Override
  public List<Document> list() {
    List<Document> out = new ArrayList<>();
    for (IntentTable.Row row : table.all()) {
      if (row.removed()) continue;
      String query = Docs.read(row.text()).path("for").asString("");
      out.add(
          new Document(
              row.name(),
              row.origin(),
              query,
              row.text(),
              row.declaredBy(),
              row.declaredAt(),
              row.version(),
              row.machines(),
              row.applied() == row.version()));
    }
    return out;
  }

  @Override
  public List<Broken> broken() {
    return folder.broken();
  }
}
