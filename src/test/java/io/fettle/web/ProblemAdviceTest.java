package io.fettle.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Problem;
import io.fettle.support.FakeDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.stereotype.Controller;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;

class ProblemAdviceTest {
  private static final String HOSTILE = "<script>alert(1)</script>\u001b[31m\u202e";

  private final FakeDatabase database = new FakeDatabase();
  private final MockMvc web = web();

  private MockMvc web() {
    StaticListableBeanFactory none = new StaticListableBeanFactory();
    var beans = new StaticListableBeanFactory(Map.<String, Object>of("database", database));
    Language language = new Language();
    Layouts layouts =
        new Layouts(
            new Messages(),
            new Assets(),
            Clock.systemUTC(),
            language,
            none.getBeanProvider(CurrentViewer.class),
            none.getBeanProvider(Frame.class),
            beans.getBeanProvider(DatabaseState.class));
    return MockMvcBuilders.standaloneSetup(new Faulty())
        .setControllerAdvice(
            new ProblemAdvice(
                new ProblemAnswers(language), beans.getBeanProvider(DatabaseState.class)))
        .setViewResolvers(new JteViews(layouts))
        .setLocaleResolver(language)
        .addFilters(new PageHeaders())
        .build();
  }

  @Test
  void theApiAnswersProblemJsonInTheAskersLanguage() throws Exception {
    web.perform(get("/api/v1/bad").header("Accept-Language", "zh-CN"))
        .andExpect(status().is(422))
        .andExpect(content().contentType("application/problem+json"))
        .andExpect(jsonPath("$.type").value("urn:fettle:problem:bad-input"))
        .andExpect(jsonPath("$.title").value("不是有效的 IP"))
        .andExpect(jsonPath("$.errors[0].field").value("ip"))
        .andExpect(jsonPath("$.errors[0].value").value(HOSTILE));
    web.perform(get("/api/v1/bad")).andExpect(jsonPath("$.title").value("Not a valid IP"));
  }

  @Test
  void aPageShowsTheSameProblemEscaped() throws Exception {
    String html =
        web.perform(get("/bad").accept("text/html"))
            .andExpect(status().is(422))
            .andExpect(
                header().string("Content-Security-Policy", containsString("default-src 'none'")))
            .andReturn()
            .getResponse()
            .getContentAsString();

    Document page = Jsoup.parse(html);
    assertThat(page.select("h1").text()).isEqualTo("Not a valid IP");
    assertThat(page.select("script:not([src])")).isEmpty();
    assertThat(page.select("td.f-any").text()).contains("<script>alert(1)</script>");
  }

  @Test
  void somethingUnexpectedShowsItsNumberAndNothingElse() throws Exception {
    web.perform(get("/api/v1/broken"))
        .andExpect(status().is(500))
        .andExpect(
            jsonPath("$.title")
                .value(org.hamcrest.Matchers.matchesPattern(".*the log has it as [0-9a-f]{8}")))
        .andExpect(content().string(org.hamcrest.Matchers.not(containsString("swordfish"))));
  }

  @Test
  void aDatabaseThatWentAwayIsAnOutageAndNobodysMistake() throws Exception {
    database.up = false;
    web.perform(get("/api/v1/away"))
        .andExpect(status().is(503))
        .andExpect(jsonPath("$.type").value("urn:fettle:problem:unavailable"))
        .andExpect(jsonPath("$.title").value(containsString("as the test says")));
    web.perform(get("/api/v1/wrong-sql")).andExpect(status().is(500));
  }

  @Test
  void aMissingOrUnreadableParameterIsNamed() throws Exception {
    web.perform(get("/api/v1/number"))
        .andExpect(status().is(422))
        .andExpect(jsonPath("$.errors[0].field").value("limit"));
    web.perform(get("/api/v1/number?limit=ten"))
        .andExpect(status().is(422))
        .andExpect(jsonPath("$.errors[0].value").value("ten"));
  }

  @Test
  void htmxGetsTheContentWithoutTheFrame() throws Exception {
    String html =
        web.perform(get("/bad").header("HX-Request", "true"))
            .andReturn()
            .getResponse()
            .getContentAsString();

    assertThat(html).doesNotContain("<!doctype").contains("<main");
  }

  /** Fails on purpose; the profile keeps it out of a whole application under test. */
  @Controller
  @Profile("only-registered-by-hand")
  static class Faulty {
    @GetMapping({"/bad", "/api/v1/bad"})
    @ResponseBody
    String bad() {
      throw Problem.badInput("ip", HOSTILE, "不是有效的 IP", "Not a valid IP");
    }

    @GetMapping("/api/v1/broken")
    @ResponseBody
    String broken() {
      throw new IllegalStateException("password swordfish");
    }

    @GetMapping("/api/v1/away")
    @ResponseBody
    String away() {
      throw new CannotCreateTransactionException(
          "no transaction", new CannotGetJdbcConnectionException("no connection"));
    }

    @GetMapping("/api/v1/wrong-sql")
    @ResponseBody
    String wrongSql() {
      throw new BadSqlGrammarException("t", "selct 1", new SQLException("syntax error"));
    }

    @GetMapping("/api/v1/number")
    @ResponseBody
    String number(@RequestParam int limit) {
      return "" + limit;
    }
  }
}
