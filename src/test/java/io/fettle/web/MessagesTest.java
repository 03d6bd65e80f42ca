package io.fettle.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MessagesTest {
  private static final Locale ZH = Locale.SIMPLIFIED_CHINESE;
  private static final Locale EN = Locale.ENGLISH;

  private final Messages messages = new Messages();

  @Test
  void bothLanguagesHaveTheSameKeys() {
    assertThat(messages.keys(ZH)).isNotEmpty().isEqualTo(messages.keys(EN));
  }

  @Test
  void bothLanguagesFillTheSameHoles() {
    for (String key : messages.keys(EN))
      assertThat(holes(messages.text(ZH, key, "<0>", "<1>", "<2>", "<3>", "<4>")))
          .as(key)
          .isEqualTo(holes(messages.text(EN, key, "<0>", "<1>", "<2>", "<3>", "<4>")));
  }

  @Test
  void templatesAndPagesUseOnlyKeysThatExist() throws IOException {
    Set<String> rooms = new TreeSet<>();
    messages.keys(EN).forEach(key -> rooms.add(key.substring(0, key.indexOf('.'))));
    Pattern literal = Pattern.compile("\"((?:" + String.join("|", rooms) + ")\\.[a-z0-9_.]+)\"");
    Set<String> used = new TreeSet<>();
    for (String root :
        new String[] {
          "src/main/jte", "src/main/java/io/fettle/web", "src/main/java/io/fettle/console"
        })
      try (Stream<Path> files = Files.walk(Path.of(root))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Matcher found = literal.matcher(Files.readString(file));
          while (found.find()) used.add(found.group(1));
        }
      }

    assertThat(used).hasSizeGreaterThan(40);
    assertThat(used).filteredOn(key -> !exists(key)).isEmpty();
  }

  @Test
  void numbersAreGroupedAndPluralsChosen() {
    assertThat(messages.text(EN, "web.copy", 20143)).isEqualTo("Copy 20,143");
    assertThat(messages.text(EN, "no.such.key")).isEqualTo("no.such.key");
  }

  private boolean exists(String literal) {
    if (!literal.endsWith(".")) return messages.has(literal);
    return messages.keys(EN).stream().anyMatch(key -> key.startsWith(literal));
  }

  private static Set<String> holes(String text) {
    Set<String> found = new TreeSet<>();
    Matcher hole = Pattern.compile("<(\\d)>").matcher(text);
    while (hole.find()) found.add(hole.group(1));
    return found;
  }
}
