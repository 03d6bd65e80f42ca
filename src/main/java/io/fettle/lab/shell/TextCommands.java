package io.fettle.lab.shell;

import io.fettle.lab.shell.Command.Call;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Filters: echo, printf, cat, head, tail, wc, grep, cut, tr, sort, uniq, tee, base64 and the like.
 */
final class TextCommands {
  private TextCommands() {}

  static void into(Map<String, Command> all) {
    all.put("echo", TextCommands::echo);
    all.put("printf", TextCommands::printf);
    all.put("cat", TextCommands::cat);
    all.put("head", c -> ends(c, true));
    all.put("tail", c -> ends(c, false));
    all.put("wc", TextCommands::wc);
    all.put("grep", GrepCommand::run);
    all.put("egrep", GrepCommand::run);
    all.put("fgrep", GrepCommand::run);
    all.put("cut", TextCommands::cut);
    all.put("tr", TextCommands::tr);
    all.put("sort", TextCommands::sort);
    all.put("uniq", TextCommands::uniq);
    all.put("tee", TextCommands::tee);
    all.put("base64", TextCommands::base64);
    all.put("sed", SedCommand::run);
    all.put("awk", AwkCommand::run);
    all.put("mawk", AwkCommand::run);
    all.put("cmp", TextCommands::cmp);
    all.put("od", TextCommands::od);
    all.put("md5sum", c -> digest(c, "MD5"));
    all.put("sha256sum", c -> digest(c, "SHA-256"));
    all.put("seq", TextCommands::seq);
  }

  private static int echo(Call call) {
    boolean newline = !call.arg(0, "").equals("-n");
    String text =
        String.join(" ", newline ? call.args() : call.args().subList(1, call.args().size()));
    call.out().print(newline ? text + "\n" : text);
    return 0;
  }

  private static int printf(Call call) {
    if (call.args().isEmpty()) return call.fail(2, "usage: printf format [arg ...]");
    String format = call.args().getFirst();
    List<String> args = new ArrayList<>(call.args().subList(1, call.args().size()));
    do {
      int before = args.size();
      call.out().print(formatOnce(format, args));
      if (args.size() == before) break;
    } while (!args.isEmpty());
    return 0;
  }

  static String formatOnce(String format, List<String> args) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '\\' && i + 1 < format.length()) {
        char e = format.charAt(++i);
        if (e >= '0' && e <= '7') {
          int end = i;
          while (end < format.length()
              && end < i + 3
              && format.charAt(end) >= '0'
              && format.charAt(end) <= '7') end++;
          out.append((char) Integer.parseInt(format.substring(i, end), 8));
          i = end - 1;
        } else {
          out.append(escape(e));
        }
      } else if (c == '%' && i + 1 < format.length()) {
        int end = i + 1;
        while (end < format.length() && "-+ #0123456789.".indexOf(format.charAt(end)) >= 0) end++;
        if (end >= format.length()) break;
        char conversion = format.charAt(end);
        String flags = format.substring(i + 1, end);
        i = end;
        if (conversion == '%') {
          out.append('%');
          continue;
        }
        String arg = args.isEmpty() ? "" : args.removeFirst();
        out.append(convert(conversion, flags, arg));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String convert(char conversion, String flags, String arg) {
    try {
      return switch (conversion) {
        case 's' -> String.format("%" + flags + "s", arg);
        case 'b' -> formatOnce(arg.replace("%", "%%"), new ArrayList<>());
        case 'd', 'i' ->
            String.format("%" + flags + "d", arg.isBlank() ? 0 : Long.decode(arg.strip()));
        case 'x', 'X', 'o' ->
            String.format("%" + flags + conversion, arg.isBlank() ? 0 : Long.decode(arg.strip()));
        case 'u' -> String.format("%" + flags + "d", (long) decimal(arg));
        case 'f', 'F', 'e', 'E' ->
            String.format(
                java.util.Locale.ROOT,
                "%" + flags + Character.toLowerCase(conversion),
                decimal(arg));
        case 'g', 'G' ->
            AwkCell.general(
                decimal(arg),
                flags.contains(".") ? Integer.parseInt(flags.replaceAll(".*\\.", "")) : 6);
        case 'c' -> arg.isEmpty() ? "" : arg.substring(0, 1);
        default -> arg;
      };
    } catch (IllegalArgumentException e) {
      return "0";
    }
  }

  private static double decimal(String arg) {
    return arg.isBlank() ? 0 : Double.parseDouble(arg.strip());
  }

  private static String escape(char e) {
    return switch (e) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case 'a' -> "\u0007";
      case '\\' -> "\\";
      default -> "\\" + e;
    };
  }

  /**
   * Files named, or standard input when none is; reports missing ones and answers null on the
   * first.
   */
  static @Nullable String input(Call call, List<String> files) {
    byte[] bytes = bytes(call, files);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte @Nullable [] bytes(Call call, List<String> files) {
    if (files.isEmpty()) return call.in().rest();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String file : files) {
      if (file.equals("-")) {
        all.writeBytes(call.in().rest());
        continue;
      }
      if (file.equals("/dev/null")) continue;
      Fs.Inode inode = call.host().fs().at(call.path(file), true).orElse(null);
      if (inode == null || inode.kind == Fs.Kind.FOLDER) {
        call.err()
            .line(
                call.name()
                    + ": "
                    + file
                    + (inode == null ? ": No such file or directory" : ": Is a directory"));
        return null;
      }
      if (!call.host().fs().reachable(call.path(file)) || !call.host().fs().may(inode, 4)) {
        call.err().line(call.name() + ": " + file + ": Permission denied");
        return null;
      }
      all.writeBytes(inode.bytes());
    }
    return all.toByteArray();
  }

  static List<String> lines(String text) {
    if (text.isEmpty()) return List.of();
    return Arrays.asList(
        (text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\n", -1));
  }

  private static int cat(Call call) {
    int status = 0;
    List<String> files =
        call.args().stream().filter(a -> a.equals("-") || !a.startsWith("-")).toList();
    if (files.isEmpty()) {
      call.out().write(call.in().rest());
      return 0;
    }
    for (String file : files) {
      byte[] bytes = bytes(call, List.of(file));
      if (bytes == null) status = 1;
      else call.out().write(bytes);
    }
    return status;
  }

  private static int ends(Call call, boolean head) {
    int count = 10;
    boolean bytes = false;
    boolean from = false;
    List<String> files = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-n") || arg.equals("-c")) {
        bytes = arg.equals("-c");
        String n = call.arg(++i, "10");
        from = n.startsWith("+");
        count = Integer.parseInt(n.replace("+", ""));
      } else if (arg.matches("-[nc]?\\+?\\d+")) {
        bytes = arg.startsWith("-c");
        from = arg.contains("+");
        count = Integer.parseInt(arg.replaceAll("[^0-9]", ""));
      } else if (!arg.startsWith("-")) {
        files.add(arg);
      }
    }
    byte[] all = bytes(call, files);
    if (all == null) return 1;
    if (bytes) {
      int n = Math.min(count, all.length);
      call.out()
          .write(
              head ? Arrays.copyOf(all, n) : Arrays.copyOfRange(all, all.length - n, all.length));
      return 0;
    }
    List<String> lines = lines(new String(all, StandardCharsets.UTF_8));
    int n = Math.min(count, lines.size());
    List<String> kept =
        head
            ? lines.subList(0, n)
            : from
                ? lines.subList(Math.min(count - 1, lines.size()), lines.size())
                : lines.subList(lines.size() - n, lines.size());
    kept.forEach(call.out()::line);
    return 0;
  }

  private static int wc(Call call) {
    List<String> files = call.args().stream().filter(a -> !a.startsWith("-")).toList();
    byte[] all = bytes(call, files);
    if (all == null) return 1;
    String text = new String(all, StandardCharsets.UTF_8);
    String options = String.join("", call.args().stream().filter(a -> a.startsWith("-")).toList());
    long lines = text.chars().filter(c -> c == '\n').count();
    long words = text.isBlank() ? 0 : text.strip().split("\\s+").length;
    long bytes = all.length;
    List<String> out = new ArrayList<>();
    if (options.isEmpty() || options.contains("l")) out.add("" + lines);
    if (options.isEmpty() || options.contains("w")) out.add("" + words);
    if (options.isEmpty() || options.contains("c")) out.add("" + bytes);
    files.forEach(out::add);
    return Commands.say(call, String.join(" ", out));
  }

  static Pattern regex(String text, boolean extended, boolean fixed, boolean ignoreCase) {
    return Regex.of(text, extended, fixed, ignoreCase);
  }

  private static int cut(Call call) {
    String delimiter = "\t";
    String list = "";
    boolean characters = false;
    boolean onlyDelimited = false;
    List<String> files = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-d")) delimiter = call.arg(++i, "\t");
      else if (arg.startsWith("-d")) delimiter = arg.substring(2);
      else if (arg.equals("-f")) list = call.arg(++i, "");
      else if (arg.startsWith("-f")) list = arg.substring(2);
      else if (arg.equals("-s")) onlyDelimited = true;
      else if (arg.startsWith("-c") || arg.startsWith("-b")) {
        characters = true;
        list = arg.length() > 2 ? arg.substring(2) : call.arg(++i, "");
      } else files.add(arg);
    }
    String text = input(call, files);
    if (text == null) return 1;
    for (String line : lines(text)) {
      if (!characters && !line.contains(delimiter)) {
        if (!onlyDelimited) call.out().line(line);
        continue;
      }
      List<String> fields =
          characters
              ? line.chars().mapToObj(c -> String.valueOf((char) c)).toList()
              : Arrays.asList(line.split(Pattern.quote(delimiter), -1));
      List<String> kept = new ArrayList<>();
      for (int n = 1; n <= fields.size(); n++) if (inList(list, n)) kept.add(fields.get(n - 1));
      call.out().line(String.join(characters ? "" : delimiter, kept));
    }
    return 0;
  }

  private static boolean inList(String list, int n) {
    for (String part : list.split(",")) {
      int dash = part.indexOf('-');
      if (dash < 0) {
        if (!part.isEmpty() && Integer.parseInt(part) == n) return true;
        continue;
      }
      int from = dash == 0 ? 1 : Integer.parseInt(part.substring(0, dash));
      int to =
          dash == part.length() - 1
              ? Integer.MAX_VALUE
              : Integer.parseInt(part.substring(dash + 1));
      if (n >= from && n <= to) return true;
    }
    return false;
  }

  private static int tr(Call call) {
    boolean delete = false;
    boolean squeeze = false;
    boolean complement = false;
    List<String> sets = new ArrayList<>();
    for (String arg : call.args()) {
      if (arg.matches("-[dsc]+")) {
        delete |= arg.contains("d");
        squeeze |= arg.contains("s");
        complement |= arg.contains("c");
      } else sets.add(characters(arg));
    }
    if (sets.isEmpty()) return call.fail(1, "missing operand");
    StringBuilder out = new StringBuilder();
    String from = sets.getFirst();
    String to = sets.size() > 1 ? sets.get(1) : "";
    for (char c : call.in().text().toCharArray()) {
      int index = from.indexOf(c);
      boolean in = (index >= 0) != complement;
      char mapped =
          in && !to.isEmpty() ? to.charAt(Math.min(Math.max(index, 0), to.length() - 1)) : c;
      if (in && delete) continue;
      if (squeeze && in && out.length() > 0 && out.charAt(out.length() - 1) == mapped) continue;
      out.append(mapped);
    }
    call.out().print(out.toString());
    return 0;
  }

  private static String characters(String set) {
    String s =
        set.replace("[:space:]", " \t\n\r")
            .replace("[:upper:]", "A-Z")
            .replace("[:lower:]", "a-z")
            .replace("[:digit:]", "0-9")
            .replace("[:cntrl:]", "\\001-\\037")
            .replace("[:print:]", " -~")
            .replace("[:alnum:]", "A-Za-z0-9");
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '\\' && i + 1 < s.length()) {
        char e = s.charAt(++i);
        if (e >= '0' && e <= '7') {
          int end = i;
          while (end < s.length() && end < i + 3 && s.charAt(end) >= '0' && s.charAt(end) <= '7')
            end++;
          c = (char) Integer.parseInt(s.substring(i, end), 8);
          i = end - 1;
        } else {
          c = e == 'n' ? '\n' : e == 't' ? '\t' : e == 'r' ? '\r' : e;
        }
      }
      if (i + 2 < s.length() && s.charAt(i + 1) == '-') {
        char end = s.charAt(i + 2);
        int skip = 2;
        if (end == '\\' && i + 5 < s.length()) {
          end = (char) Integer.parseInt(s.substring(i + 3, i + 6), 8);
          skip = 5;
        }
        for (char k = c; k <= end; k++) out.append(k);
        i += skip;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static int sort(Call call) {
    List<String> files = new ArrayList<>();
    String options = "";
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-k") || arg.equals("-t")) i++;
      else if (arg.startsWith("-")) options += arg;
      else files.add(arg);
    }
    String text = input(call, files);
    if (text == null) return 2;
    List<String> lines = new ArrayList<>(lines(text));
    if (options.contains("n"))
      lines.sort(java.util.Comparator.comparingDouble(TextCommands::leadingNumber));
    else lines.sort(null);
    if (options.contains("r")) java.util.Collections.reverse(lines);
    String last = null;
    for (String line : lines) {
      if (options.contains("u") && line.equals(last)) continue;
      call.out().line(line);
      last = line;
    }
    return 0;
  }

  private static double leadingNumber(String line) {
    var m = Pattern.compile("^\\s*-?\\d+(\\.\\d+)?").matcher(line);
    return m.find() ? Double.parseDouble(m.group().strip()) : 0;
  }

  private static int uniq(Call call) {
    String options = String.join("", call.args());
    String last = null;
    int count = 0;
    List<String> lines = new ArrayList<>(lines(call.in().text()));
    lines.add(null);
    for (String line : lines) {
      if (last != null && !last.equals(line)) {
        if (!options.contains("d") || count > 1)
          call.out().line(options.contains("c") ? "%7d %s".formatted(count, last) : last);
        count = 0;
      }
      last = line;
      count++;
    }
    return 0;
  }

  private static int tee(Call call) {
    byte[] all = call.in().rest();
    call.out().write(all);
    boolean append = call.args().contains("-a");
    for (String file : call.args()) {
      if (file.startsWith("-")) continue;
      call.host().journal("write " + call.path(file));
      String problem = call.host().fs().write(call.path(file), all, append, 0644);
      if (problem != null) return call.fail(1, file + ": " + problem);
    }
    return 0;
  }

  private static int base64(Call call) {
    boolean decode = call.args().contains("-d") || call.args().contains("--decode");
    List<String> files =
        call.args().stream().filter(a -> !a.startsWith("-") && !a.equals("0")).toList();
    byte[] bytes = bytes(call, files);
    if (bytes == null) return 1;
    if (!decode) return Commands.say(call, Base64.getEncoder().encodeToString(bytes));
    try {
      call.out().write(Base64.getMimeDecoder().decode(bytes));
      return 0;
    } catch (IllegalArgumentException e) {
      return call.fail(1, "invalid input");
    }
  }

  private static int od(Call call) {
    StringBuilder out = new StringBuilder();
    for (byte b : call.in().rest()) out.append(" %02x".formatted(b & 0xff));
    return Commands.say(call, out.toString());
  }

  private static int cmp(Call call) {
    List<String> files =
        call.args().stream().filter(a -> a.equals("-") || !a.startsWith("-")).toList();
    if (files.size() < 2) return call.fail(2, "missing operand");
    byte[] left = bytes(call, files.subList(0, 1));
    byte[] right = bytes(call, files.subList(1, 2));
    if (left == null || right == null) return 2;
    if (Arrays.equals(left, right)) return 0;
    if (!String.join("", call.args()).contains("s"))
      call.out().line(String.join(" ", files) + " differ");
    return 1;
  }

  private static int digest(Call call, String algorithm) {
    List<String> files = FileCommands.operands(call);
    int status = 0;
    for (String file : files.isEmpty() ? List.of("-") : files) {
      byte[] bytes = bytes(call, List.of(file));
      if (bytes == null) status = 1;
      else call.out().line(hash(bytes, algorithm) + "  " + file);
    }
    return status;
  }

  private static String hash(byte[] bytes, String algorithm) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int seq(Call call) {
    long from = call.args().size() > 1 ? Long.parseLong(call.args().getFirst()) : 1;
    long to = Long.parseLong(call.args().getLast());
    for (long i = from; i <= to && i < from + 10_000; i++) call.out().line("" + i);
    return 0;
  }
}
