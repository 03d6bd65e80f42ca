package io.fettle.web;

import io.fettle.kernel.Label;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What every template knows of the request it answers; passed to each template as {@code page}.
 *
 * @param viewer who asks; null before sign-in
 * @param theme light or dark; null: as the system says
 * @param path of the request without the query
 * @param here path and query, to come back to
 * @param fragment true when htmx asks: the frame around the page is left out
 * @param csrfName name of the hidden field of each form; empty when there is no protection (tests)
 */
public record Layout(
    @Nullable Viewer viewer,
    Locale locale,
    @Nullable String theme,
    String path,
    String here,
    boolean fragment,
    String csrfName,
    String csrfToken,
    Frame.Facts facts,
    Instant now,
    ZoneId zone,
    Messages messages,
    Assets assets) {
  private static final DateTimeFormatter EXACT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx");
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MM-dd HH:mm");

  /** The text of a message key in the reader's language. */
  public String t(String key, Object... args) {
    return messages.text(locale, key, args);
  }

  /** The text of a key that may not exist; then the last part of the key itself. */
  public String maybe(String prefix, String name) {
    return messages.has(prefix + name) ? t(prefix + name) : name;
  }

  /** Who says a value: the kind of source, with its name where that says more. */
  public String source(String name, String type) {
    String kind = maybe("web.source.", type);
    boolean more = type.equals("INTENT") || type.equals("MANUAL");
    return more ? kind + " " + shown(name) : kind;
  }

  /** Text from outside with what plays tricks on a reader made visible. */
  public String shown(String text) {
    return Plain.text(text);
  }

  /** What a fact in a story is called. */
  public String fact(String name) {
    return maybe("web.fact.", name);
  }

  /** What a budget limits, e.g. {@code rack · concurrent}, {@code policy per 3m}. */
  public String budget(String name) {
    String[] words = name.split("[ ·]+", 2);
    String scope = maybe("web.budget.", words[0]);
    if (words.length < 2) return scope;
    String kind =
        words[1].startsWith("per ")
            ? t("web.budget.per", words[1].substring(4))
            : maybe("web.budget.", words[1]);
    return scope + " · " + kind;
  }

  /** The word before the title of a story's entry, with its colon; empty for an unknown kind. */
  public String kind(String kind) {
    return messages.has("web.kind." + kind) ? t("web.kind." + kind) : "";
  }

  /** A label in the reader's language. */
  public String t(Label label) {
    return Plain.text(label.in(locale));
  }

  public boolean zh() {
    return "zh".equals(locale.getLanguage());
  }

  /** A number with its thousands grouped. */
  public String num(long number) {
    return NumberFormat.getIntegerInstance(locale).format(number);
  }

  /** A share between 0 and 1 as per cent with one decimal. */
  public String percent(double share) {
    NumberFormat format = NumberFormat.getPercentInstance(locale);
    format.setMaximumFractionDigits(1);
    return format.format(share);
  }

  public String ago(Instant at) {
    return TimeWords.ago(at, now, locale);
  }

  public String lasted(Duration span) {
    return TimeWords.lasted(span, locale);
  }

  /** Date, time and offset to the second. */
  public String exact(Instant at) {
    return EXACT.format(at.atZone(zone));
  }

  /** The time of day to the second; with the date when it was not today. */
  public String clock(Instant at) {
    boolean today = at.atZone(zone).toLocalDate().equals(now.atZone(zone).toLocalDate());
    return (today ? CLOCK : DAY).format(at.atZone(zone));
  }

  /** The address of a static file. */
  public String asset(String name) {
    return assets.url(name);
  }

  /** The reader's roles in words. */
  public String roles() {
    if (viewer == null) return "";
    return viewer.roles().stream()
        .sorted()
        .map(role -> t("web.role." + role.name().toLowerCase(Locale.ROOT)))
        .collect(Collectors.joining(zh() ? "、" : ", "));
  }

  /** True when the reader holds this role (an administrator holds OPERATOR and AUDITOR too). */
  public boolean can(Role role) {
    return viewer != null && viewer.is(role);
  }

  public Optional<Long> count(String item) {
    return Optional.ofNullable(facts.counts().get(item));
  }

  /** True when this address or one below it is shown: marks the navigation. */
  public boolean at(String address) {
    return address.equals("/") ? path.equals("/") : (path + "/").startsWith(address + "/");
  }
}
