package io.fettle.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the Content-Security-Policy forbids is in no template; every form that writes is guarded.
 */
class TemplatesTest {
  @Test
  void noInlineScriptStyleOrUnescapedText() throws IOException {
    for (Path template : templates()) {
      String text = Files.readString(template);
      assertThat(text)
          .as(template.toString())
          .doesNotContain("$unsafe")
          .doesNotContain("style=\"")
          .doesNotContain("<style")
          .doesNotContain("javascript:")
          .doesNotContainPattern("<script(?![^>]* src=)")
          .doesNotContainPattern("\\son[a-z]+=");
    }
  }

  @Test
  void everyFormThatWritesCarriesTheToken() throws IOException {
    for (Path template : templates()) {
      String text = Files.readString(template);
      for (String form : text.split("<form", -1)) {
        String head = form.split(">", 2)[0];
        if (form.equals(text) || !head.contains("method=\"post\"")) continue;
        assertThat(form.split("</form>", 2)[0]).as(template + ": " + head).contains("tag.csrf");
      }
    }
  }

  private static List<Path> templates() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/jte"))) {
      List<Path> all = files.filter(f -> f.toString().endsWith(".jte")).toList();
      assertThat(all).hasSizeGreaterThan(5);
      return all;
    }
  }
}
