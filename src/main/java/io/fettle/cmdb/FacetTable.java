package io.fettle.cmdb;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL that writes down the facets and policies of this build, for those who read the database. */
@Component
class FacetTable {
  private final JdbcClient db;

  FacetTable(JdbcClient db) {
    this.db = db;
  }

  void store(Catalogue catalogue) {
    for (Catalogue.Entry entry : catalogue.all()) {
      Map<String, String> keys = new LinkedHashMap<>();
      entry.facet().fields().forEach(f -> f.key().ifPresent(k -> keys.put(f.path(), k.word())));
      String name = entry.facet().name();
      db.sql(
              """
              insert into cmdb.facet_type (name, module, label_zh, label_en, schema, keys)
              values (:name, :module, :zh, :en, :schema::jsonb, :keys::jsonb)
              on conflict (name) do update set module = excluded.module,
                label_zh = excluded.label_zh, label_en = excluded.label_en,
                schema = excluded.schema, keys = excluded.keys
              """)
          .param("name", name)
          .param("module", entry.facet().getClass().getPackageName())
          .param("zh", entry.facet().label().zh())
          .param("en", entry.facet().label().en())
          .param("schema", Docs.JSON.writeValueAsString(entry.schema()))
          .param("keys", Docs.JSON.writeValueAsString(keys))
          .update();
      policy(name, "", entry.usual());
      entry.fields().forEach((path, authority) -> policy(name, path, authority));
    }
  }

  private void policy(String facet, String path, Authority authority) {
    List<List<String>> tiers =
        authority.tiers().stream()
            .map(t -> t.stream().map(x -> x.name().toLowerCase(Locale.ROOT)).toList())
            .toList();
    Map<String, String> ttl = new LinkedHashMap<>();
    authority.ttl().forEach((k, v) -> ttl.put(k.name().toLowerCase(Locale.ROOT), v.toString()));
    db.sql(
            """
            insert into cmdb.field_policy (facet, path, tiers, ttl)
            values (:facet, :path, :tiers::jsonb, :ttl::jsonb)
            on conflict (facet, path) do update set tiers = excluded.tiers, ttl = excluded.ttl
            """)
        .param("facet", facet)
        .param("path", path)
        .param("tiers", Docs.JSON.writeValueAsString(tiers))
        .param("ttl", Docs.JSON.writeValueAsString(ttl))
        .update();
  }
}
