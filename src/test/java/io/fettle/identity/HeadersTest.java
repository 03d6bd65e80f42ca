package io.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.FettleTest;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestServer;
import java.net.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

@FettleTest
class HeadersTest {
  @Autowired private TestServer server;
  @Autowired private MockMvc mvc;

  @Test
  void everyAnswerCarriesThePolicy() {
    TestBrowser browser = new TestBrowser(server);
    List<HttpHeaders> answers =
        List.of(
            browser.get("/sign-in").headers(),
            browser.get("/people").headers(),
            server.send(null, "GET", "/api/v1/me", null).headers(),
            server.send(server.adminToken(), "GET", "/api/v1/me", null).headers());

    for (HttpHeaders headers : answers) {
      String policy = headers.firstValue("Content-Security-Policy").orElse("");
      assertThat(policy)
          .contains("script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
          .contains("form-action 'self'", "base-uri 'none'")
          .doesNotContain("unsafe");
      assertThat(headers.allValues("Content-Security-Policy")).hasSize(1);
      assertThat(headers.allValues("X-Content-Type-Options")).containsExactly("nosniff");
      assertThat(headers.firstValue("Referrer-Policy")).isPresent();
      assertThat(headers.firstValue("X-Frame-Options")).hasValue("DENY");
      assertThat(headers.firstValue("Cache-Control").orElse("")).contains("no-store");
    }
  }

  @Test
  void underTlsTheBrowserStaysWithTlsAndCookiesAreSecure() throws Exception {
    MvcResult secure =
        mvc.perform(MockMvcRequestBuilders.get("/sign-in").secure(true).accept("text/html"))
            .andReturn();

    assertThat(secure.getResponse().getHeader("Strict-Transport-Security"))
        .contains("max-age=31536000");
    assertThat(secure.getResponse().getHeaders("Set-Cookie"))
        .anySatisfy(
            c -> assertThat(c).startsWith("fettle_csrf=").contains("Secure").contains("HttpOnly"));
  }

  @Test
  void aPageHasNoInlineScriptOrStyle() {
    var page = new TestBrowser(server).get("/sign-in").html();

    assertThat(page.select("script:not([src]), style, [style], [onclick], [onload]")).isEmpty();
    assertThat(page.select("form[action=/sign-in] input[name=_csrf]").attr("value")).isNotEmpty();
  }
}
