package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Where a list goes on; opaque to the caller. */
record Cursor(List<String> keys, AssetId id) {
  /** Stands between the keys; no name holds it. */
  private static final String BETWEEN = "\u001f";

  static Cursor after(MachineCard card, Sorting sorting) {
    return new Cursor(sorting.keys(card), card.id());
  }

  /**
   * @throws Problem 422 when it was not made here, or for another order
   */
  static Cursor read(String text, Sorting sorting) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      int cut = plain.indexOf(' ');
      List<String> keys = List.of(plain.substring(cut + 1).split(BETWEEN, -1));
      if (keys.size() != sorting.columns().size()) throw new IllegalArgumentException();
      return new Cursor(keys, AssetId.of(plain.substring(0, cut)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw Problem.badInput(
          "cursor", "", "分页游标无效，请从第一页重新开始", "not a cursor of this list; start again without it");
    }
  }

  String text() {
    byte[] plain = (id + " " + String.join(BETWEEN, keys)).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
  }
}
