package io.fettle.support;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class TestPostgresTest {
  @Test
  void eachDatabaseIsRealAndItsOwn() {
    var first = JdbcClient.create(TestPostgres.fresh());
    var second = JdbcClient.create(TestPostgres.fresh());

    first.sql("create table only_here(x int)").update();

    assertThat(first.sql("select version()").query(String.class).single())
        .startsWith("PostgreSQL 18");
    assertThat(
            second
                .sql("select count(*) from pg_class where relname = 'only_here'")
                .query(Long.class)
                .single())
        .isZero();
  }
}
