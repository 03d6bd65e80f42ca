package io.fettle.cmdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.facet.AllFacets;
import io.fettle.cmdb.query.Parser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the guide says of the query language is what it is. */
class QueryGuideTest {
  private static final Pattern QUERY = Pattern.compile("^\\| `([^`]+)` \\| [^|]+ \\|$");
  private static final Pattern FIELD = Pattern.compile("`([a-z_.]+)`");

  private static final Catalogue CATALOGUE = new Catalogue(AllFacets.list());

  private final List<String> guide;

  QueryGuideTest() throws IOException {
    guide = Files.readAllLines(Path.of("docs/guide/queries.md"));
  }

  @Test
  void everyExampleIsAQuery() {
    List<String> tops = CATALOGUE.tops();
    List<String> queries =
        guide.stream().map(QUERY::matcher).filter(Matcher::matches).map(m -> m.group(1)).toList();
    assertThat(queries).hasSizeGreaterThan(10);
    for (String query : queries) assertThat(Parser.parse(query, tops)).as(query).isNotNull();
  }

  @Test
  void everyFieldIsThereAndNoOther() {
    Set<String> said = new TreeSet<>();
    int from = guide.indexOf("## Fields");
    for (String line : guide.subList(from, guide.size()))
      FIELD.matcher(line).results().forEach(m -> said.add(m.group(1)));
    Set<String> known = new TreeSet<>();
    for (Catalogue.Entry entry : CATALOGUE.all()) {
      String name = entry.facet().name();
      String prefix = name.equals(Catalogue.TOP) ? "" : name + ".";
      entry.facet().fields().forEach(field -> known.add(prefix + field.path()));
    }
    assertThat(said).isEqualTo(known);
  }
}
