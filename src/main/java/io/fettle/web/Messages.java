package io.fettle.web;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.NumberFormat;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * The pages' words in both languages, from {@code messages/<room>_{zh,en}.properties} (UTF-8). Each
 * key starts with its room. {@code {0}} is an argument, numbers grouped by thousands; {@code
 * {0|machine|machines}} picks a word by the number in argument 0 and does not print the number.
 */
@Component
public class Messages {
  private static final Pattern HOLE = Pattern.compile("\\{(\\d)(?:\\|([^|}]*)\\|([^}]*))?}");

  private final Map<String, String> zh;
  private final Map<String, String> en;

  public Messages() {
    zh = load("zh");
    en = load("en");
  }

  /** The text of a key; a key that does not exist is a programming error and is shown as it is. */
  public String text(Locale locale, String key, Object... args) {
    String pattern = of(locale).get(key);
    return pattern == null ? key : fill(pattern, locale, args);
  }

  /** True when the key exists (in both languages: a test keeps them alike). */
  public boolean has(String key) {
    return en.containsKey(key);
  }

  /** All keys of one language, sorted. */
  public Set<String> keys(Locale locale) {
    return new TreeSet<>(of(locale).keySet());
  }

  private Map<String, String> of(Locale locale) {
    return "zh".equals(locale.getLanguage()) ? zh : en;
  }

  private static String fill(String pattern, Locale locale, Object... args) {
    if (pattern.indexOf('{') < 0) return pattern;
    Matcher hole = HOLE.matcher(pattern);
    StringBuilder out = new StringBuilder();
    while (hole.find()) {
      int index = Integer.parseInt(hole.group(1));
      Object arg = index < args.length ? args[index] : "";
      String word;
      if (hole.group(2) == null) word = show(arg, locale);
      else word = arg instanceof Number n && n.longValue() == 1 ? hole.group(2) : hole.group(3);
      hole.appendReplacement(out, Matcher.quoteReplacement(word));
    }
    return hole.appendTail(out).toString();
  }

  private static String show(Object arg, Locale locale) {
    return arg instanceof Long || arg instanceof Integer
        ? NumberFormat.getIntegerInstance(locale).format(arg)
        : String.valueOf(arg);
  }

  private static Map<String, String> load(String language) {
    Map<String, String> all = new HashMap<>();
    try {
      String pattern = "classpath*:messages/*_" + language + ".properties";
      for (Resource file : new PathMatchingResourcePatternResolver().getResources(pattern)) {
        Properties words = new Properties();
        try (Reader in = new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8)) {
          words.load(in);
        }
        words.forEach((key, text) -> all.put((String) key, (String) text));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("messages in " + language, e);
    }
    return Map.copyOf(all);
  }
}
