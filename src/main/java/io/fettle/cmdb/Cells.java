package io.fettle.cmdb;

import io.fettle.cmdb.Columns.Column;
import io.fettle.cmdb.csv.CsvReader;
import io.fettle.kernel.Label;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** Reads one cell as its column wants it, or says what is wrong with it. Pure. */
final class Cells {
  // What Excel makes of a long number that was not typed as text: the digits are lost.
  private static final Pattern RUINED = Pattern.compile("\\d(\\.\\d+)?[eE]\\+\\d+");
  private static final Pattern EXCEL_TEXT = Pattern.compile("=\"(.*)\"");
  private static final Pattern DATE =
      Pattern.compile("(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})日?([ T].*)?");
  private static final Pattern LIST = Pattern.compile("[,，;；、\\s]+");
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
  private static final Pattern PACKED = Pattern.compile("(\\d{4})(\\d{2})(\\d{2})");
  private static final Pattern UNIT =
      Pattern.compile("(?i)u?\\s*(\\d{1,2})\\s*u?(?:\\s*[-~—至]\\s*u?\\s*(\\d{1,2})\\s*u?)?");

  private Cells() {}

  /** What became of a cell. */
  sealed interface Read {
    /** Nothing is said. */
    record Empty() implements Read {}

    /** A value for the column's path. */
    record Value(String text) implements Read {}

    /** Several values; the first is the main one. */
    record Values(List<String> texts) implements Read {}

    /** No real value, not worth refusing the row for. */
    record Ignored(Label why) implements Read {}

    /** Not acceptable. */
    record Wrong(Label why) implements Read {}
  }

  static Read read(Column column, CsvReader.Cell cell) {
    if (cell.cut())
      return wrong(
          "内容超过 " + CsvReader.LONGEST_CELL + " 个字符",
          "longer than " + CsvReader.LONGEST_CELL + " characters");
    String text = tidy(cell.text());
    if (text.isEmpty()) return new Read.Empty();
    Optional<Label> bad = unusable(text);
    if (bad.isPresent()) return new Read.Wrong(bad.get());
    return switch (column.reading()) {
      case TEXT -> new Read.Value(text);
      case ASSET_NO -> assetNo(text);
      case SERIAL -> serial(text);
      case WORD -> word(column, text);
      case UNIT -> unit(text);
      case ADDRESS -> address(column, text);
      case MAC -> mac(text);
      case MACS -> macs(text);
      case HOSTNAME -> hostname(text);
      case DATE -> date(text);
    };
  }

  /** Without the spaces around and the {@code ="…"} that keeps Excel from eating zeros. */
  private static String tidy(String raw) {
    String text = raw.replace('\u00a0', ' ').replace("\ufeff", "").strip();
    Matcher excel = EXCEL_TEXT.matcher(text);
    return excel.matches() ? excel.group(1).strip() : text;
  }

  private static Optional<Label> unusable(String text) {
    if (text.indexOf('\ufffd') >= 0)
      return Optional.of(
          new Label(
              "有无法解码的字节，请把文件另存为 UTF-8", "has bytes that do not decode; save the file as UTF-8"));
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\t')
        return Optional.of(
            new Label(
                "含控制字符 U+%04X，请删除".formatted((int) c),
                "has a control character U+%04X; remove it".formatted((int) c)));
      if (Character.isSurrogate(c) && !paired(text, i))
        return Optional.of(new Label("含残缺字符，请删除", "has half a character; remove it"));
    }
    return Optional.empty();
  }

  private static boolean paired(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c))
      return i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
    return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }

  private static Read assetNo(String text) {
    if (RUINED.matcher(text).matches()) return ruined();
    if (text.length() > 64 || text.indexOf('\n') >= 0)
      return wrong("资产号应为一行、最多 64 个字符", "an asset number is one line of at most 64 characters");
    return new Read.Value(Normalizer.normalize(text, Normalizer.Form.NFKC).strip());
  }

  private static Read serial(String text) {
    if (RUINED.matcher(text).matches()) return ruined();
    String plain = Norm.plain(text).orElse("");
    if (Junk.serial(plain))
      return new Read.Ignored(
          new Label("不是真正的序列号，不能用来识别机器", "no real serial number; it identifies no machine"));
    if (text.length() > 128 || text.indexOf('\n') >= 0)
      return wrong("序列号应为一行、最多 128 个字符", "a serial number is one line of at most 128 characters");
    return new Read.Value(Normalizer.normalize(text, Normalizer.Form.NFKC).strip());
  }

  private static Read ruined() {
    return wrong(
        "被 Excel 转成了科学计数法，数字已丢失；请把该列设为文本后重新导出",
        "turned into scientific notation by Excel, digits are lost; export the column as text");
  }

  private static Read word(Column column, String text) {
    String value = column.meanings().get(Columns.squeeze(text));
    if (value != null) return new Read.Value(value);
    String known = String.join(", ", column.words().keySet());
    String zh =
        String.join(
            "、",
            column.words().values().stream()
                .map(w -> w.stream().filter(x -> x.codePointAt(0) > 127).findFirst().orElse(""))
                .filter(w -> !w.isEmpty())
                .toList());
    return wrong("可用的值：" + known + "（" + zh + "）", "expected one of: " + known);
  }

  private static Read unit(String text) {
    Matcher m = UNIT.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC));
    if (!m.matches()) return wrong("U位应如 12 或 12-13", "a unit is like 12 or 12-13");
    int from = Integer.parseInt(m.group(1));
    int to = m.group(2) == null ? from : Integer.parseInt(m.group(2));
    if (from == 0 || to == 0) return wrong("U位从 1 开始", "units count from 1");
    return new Read.Value(from == to ? "" + from : Math.min(from, to) + "-" + Math.max(from, to));
  }

  private static Read address(Column column, String text) {
    List<String> all = new ArrayList<>();
    for (String part : LIST.split(text, -1)) {
      if (part.isEmpty()) continue;
      var address = Norm.split(part);
      // All digits and dots is meant as an IP; taking 10.1.2.300 for a host name helps nobody.
      if (address.isEmpty()
          || (NUMBERS.matcher(address.get().host()).matches()
              && Norm.ip(address.get().host()).isEmpty()))
        return wrong("不是 IP 地址或 地址:端口：" + part, "not an IP address or address:port: " + part);
      all.add(address.get().text(column.port()));
    }
    return all.isEmpty() ? new Read.Empty() : new Read.Values(all);
  }

  private static Read mac(String text) {
    var mac = Norm.mac(text);
    if (mac.isEmpty()) return wrong("MAC 应为 12 位十六进制", "a MAC address has 12 hexadecimal digits");
    return new Read.Value(colons(mac.get()));
  }

  private static Read macs(String text) {
    List<String> all = new ArrayList<>();
    String joined = Norm.mac(text).isPresent() ? text.replace(" ", "") : text;
    for (String part : LIST.split(joined, -1)) {
      if (part.isEmpty()) continue;
      var mac = Norm.mac(part);
      if (mac.isEmpty())
        return wrong("MAC 应为 12 位十六进制：" + part, "a MAC address has 12 hexadecimal digits: " + part);
      all.add(colons(mac.get()));
    }
    return all.isEmpty() ? new Read.Empty() : new Read.Values(all);
  }

  private static String colons(String mac) {
    StringBuilder out = new StringBuilder(17);
    for (int i = 0; i < 12; i += 2) out.append(i == 0 ? "" : ":").append(mac, i, i + 2);
    return out.toString();
  }

  private static Read hostname(String text) {
    return Norm.hostname(text)
        .<Read>map(Read.Value::new)
        .orElseGet(
            () -> wrong("主机名只能用字母、数字、- 和 .", "a host name has letters, digits, '-' and '.' only"));
  }

  private static Read date(String text) {
    Matcher m = DATE.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC));
    if (!m.matches()) m = PACKED.matcher(text);
    if (!m.matches()) return wrong("日期应如 2026-03-31", "a date is like 2026-03-31");
    try {
      LocalDate day =
          LocalDate.of(
              Integer.parseInt(m.group(1)),
              Integer.parseInt(m.group(2)),
              Integer.parseInt(m.group(3)));
      return new Read.Value(day.toString());
    } catch (DateTimeException e) {
      return wrong("没有这一天", "there is no such day");
    }
  }

  private static Read.Wrong wrong(String zh, String en) {
    return new Read.Wrong(new Label(zh, en));
  }

  /** Puts a value where its column says. */
  static void plant(ObjectNode facet, String path, Read read) {
    int dot = path.indexOf('.');
    if (dot > 0) {
      String member = path.substring(0, dot);
      ObjectNode inner = facet.get(member) instanceof ObjectNode o ? o : facet.putObject(member);
      plant(inner, path.substring(dot + 1), read);
      return;
    }
    if (read instanceof Read.Value v) facet.put(path, v.text());
    if (read instanceof Read.Values v) {
      var list = facet.putArray(path);
      v.texts().forEach(list::add);
    }
  }
}
