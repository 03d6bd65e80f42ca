package io.fettle.pack.bmc;

import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The card through the machine's own system interface: {@code ipmitool raw} in a shell, as root, no
 * password. Builds the script and reads what it printed; what it printed is not trusted to be well
 * formed.
 */
final class InBand {
  /** Runs one command and frames its output; {@code out} holds it for what follows. */
  static final String ASK =
      """
      export LC_ALL=C
      ask() { echo "ask $*"; out=$(ipmitool raw "$@" 2>&1); rc=$?; echo "$out"; echo "end $rc"; }
      """;

  /** The survey's questions in its order: see {@link Survey#next()}. */
  static final String SURVEY =
      ASK
          + """
          ask 0x06 0x01
          set -- $out
          case "$7 $8 $9" in
          "a2 02 00")
            ask 0x06 0x59 0x00 0xdd 0x02 0x00
            set -- $out
            case "${11}" in
            0a) ask 0x30 0x25 ;;
            10|20|22|30|32) ask 0x30 0x29 ;;
            esac ;;
          "7c 2a 00"|"80 b9 00") ask 0x30 0x70 0x0c 0x00 ;;
          esac
          """;

  private static final int MAX_EXCHANGES = 64;
  private static final Pattern BYTES = Pattern.compile("( [0-9a-fA-F]{2}){1,16}\\s*");
  private static final Pattern REFUSED = Pattern.compile("rsp=0x([0-9a-fA-F]{1,2})\\)");
  private static final int COMPLAINT = 200;

  private InBand() {}

  /**
   * What a script printed.
   *
   * @param trouble why there is no answer at all, e.g. no device; empty when every command got one
   * @param doubt true when a command was asked and may have reached the card, but no answer came
   */
  record Heard(List<Exchange> exchanges, String trouble, boolean doubt) {
    Heard {
      exchanges = List.copyOf(exchanges);
    }
  }

  /** A script that asks these commands in order and stops at the first that is refused. */
  static String script(List<IpmiRequest> requests) {
    StringBuilder text = new StringBuilder(ASK);
    for (IpmiRequest r : requests)
      text.append("ask ").append(words(r)).append("\n[ $rc -eq 0 ] || exit 0\n");
    return text.toString();
  }

  /** Lines that ask these commands, each whatever became of the one before; needs {@link #ASK}. */
  static String asks(List<IpmiRequest> requests) {
    StringBuilder text = new StringBuilder();
    for (IpmiRequest r : requests) text.append("ask ").append(words(r)).append('\n');
    return text.toString();
  }

  private static String words(IpmiRequest r) {
    StringBuilder text = new StringBuilder("0x%02x 0x%02x".formatted(r.netFn(), r.command()));
    for (byte b : r.data()) text.append(" 0x%02x".formatted(b & 0xff));
    return text.toString();
  }

  /** Reads the output of a script made here. */
  static Heard read(String output) {
    List<Exchange> all = new ArrayList<>();
    String trouble = "";
    boolean doubt = false;
    Optional<IpmiRequest> asked = Optional.empty();
    List<String> said = new ArrayList<>();
    for (String line : (Iterable<String>) output.lines()::iterator) {
      if (line.startsWith("ask ")) {
        doubt |= asked.isPresent();
        asked = request(line.substring(4));
        said.clear();
      } else if (line.startsWith("end ") && asked.isPresent() && all.size() < MAX_EXCHANGES) {
        Optional<IpmiAnswer> answer = answer(said, line.equals("end 0"));
        if (answer.isPresent()) all.add(new Exchange(asked.get(), answer.get()));
        else {
          doubt |= !neverLeft(said, line);
          if (trouble.isEmpty()) trouble = complaint(said, line);
        }
        asked = Optional.empty();
      } else said.add(line);
    }
    if (asked.isPresent() && trouble.isEmpty()) trouble = "the script ended before its answer";
    return new Heard(all, trouble, doubt || asked.isPresent());
  }

  /** Where ipmitool cannot be started or finds no device, the card has heard nothing. */
  private static boolean neverLeft(List<String> said, String end) {
    return end.equals("end 127")
        || end.equals("end 126")
        || said.stream().anyMatch(line -> line.startsWith("Could not open device"));
  }

  private static Optional<IpmiRequest> request(String words) {
    String[] all = words.strip().split(" ");
    try {
      byte[] bytes = new byte[all.length];
      for (int i = 0; i < all.length; i++) bytes[i] = (byte) (int) Integer.decode(all[i]);
      if (bytes.length < 2) return Optional.empty();
      return Optional.of(
          new IpmiRequest(
              bytes[0] & 0xff, bytes[1] & 0xff, Arrays.copyOfRange(bytes, 2, bytes.length)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<IpmiAnswer> answer(List<String> said, boolean ok) {
    if (!ok) {
      Matcher refused = REFUSED.matcher(String.join("\n", said));
      return refused.find()
          ? Optional.of(new IpmiAnswer(Integer.parseInt(refused.group(1), 16), new byte[0]))
          : Optional.empty();
    }
    StringBuilder hex = new StringBuilder();
    for (String line : said)
      if (BYTES.matcher(line).matches()) hex.append(line.replaceAll("\\s", ""));
    return Optional.of(new IpmiAnswer(0, HexFormat.of().parseHex(hex)));
  }

  private static String complaint(List<String> said, String end) {
    String text =
        said.stream().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse(end);
    return text.length() <= COMPLAINT ? text : text.substring(0, COMPLAINT) + "…";
  }
}
