package io.fettle.batch;

import io.fettle.kernel.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 1,5,25%,100%}: up to how many machines each step goes. */
final class Steps {
  private static final Pattern STEP = Pattern.compile("(\\d{1,7})(%?)");
  private static final int MOST = 20;

  private Steps() {}

  /**
   * The sizes for so many machines: rising, the last is all of them whatever was written.
   *
   * @throws Problem 422 for what cannot be read
   */
  static List<Integer> of(String text, int machines) {
    List<Integer> sizes = new ArrayList<>();
    String[] parts = text.split(",", -1);
    if (parts.length > MOST) throw bad(text);
    for (String part : parts) {
      Matcher m = STEP.matcher(part.strip());
      if (!m.matches()) throw bad(text);
      long written = Long.parseLong(m.group(1));
      boolean share = !m.group(2).isEmpty();
      if (written == 0 || share && written > 100) throw bad(text);
      long size = share ? (machines * written + 99) / 100 : written;
      int upTo = (int) Math.min(machines, size);
      if (sizes.isEmpty() || upTo > sizes.getLast()) sizes.add(upTo);
    }
    if (sizes.getLast() < machines) sizes.add(machines);
    return List.copyOf(sizes);
  }

  private static Problem bad(String text) {
    return Problem.badInput(
        "steps",
        text.length() > 80 ? text.substring(0, 80) : text,
        "请写成 1,5,25%,100%：每一步做到多少台，最多 " + MOST + " 步",
        "Write it as 1,5,25%,100%: up to how many machines each step goes, at most "
            + MOST
            + " steps");
  }
}
