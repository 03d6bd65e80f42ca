package io.fettle.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Problem;
import java.io.ByteArrayInputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class AssetsTest {
  private final Assets assets = new Assets();
  private final AssetPages pages = new AssetPages(assets);

  @Test
  void keptForEverUnderTheHashOfTheContent() throws Exception {
    String url = assets.url("fettle.css");
    var answer = pages.asset(url.split("/")[2], "fettle.css", "gzip, br");

    assertThat(answer.getHeaders().getCacheControl()).contains("immutable");
    byte[] body = java.util.Objects.requireNonNull(answer.getBody());
    assertThat(
            new String(
                new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8))
        .contains("--accent");
  }

  @Test
  void anOldAddressServesTheNewFileButNotForEver() {
    var answer = pages.asset("000000000000", "fettle.js", null);

    assertThat(answer.getHeaders().getCacheControl()).isEqualTo("no-cache");
    assertThat(answer.getHeaders().getFirst("Content-Encoding")).isNull();
  }

  @Test
  void nothingElseCanBeFetched() {
    assertThatThrownBy(() -> pages.asset("x", "../application.yml", null))
        .isInstanceOf(Problem.class);
  }
}
