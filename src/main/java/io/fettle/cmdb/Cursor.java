package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Where a list by name goes on; opaque to the caller. */
record Cursor(String name, AssetId id) {
  static Cursor after(MachineCard card) {
    return new Cursor(card.name(), card.id());
  }

  /**
   * @throws Problem 422 when it was not made here
   */
  static Cursor read(String text) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      int cut = plain.indexOf(' ');
      return new Cursor(plain.substring(cut + 1), AssetId.of(plain.substring(0, cut)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw Problem.badInput(
          "cursor", "", "分页游标无效，请从第一页重新开始", "not a cursor of this list; start again without it");
    }
  }

  String text() {
    byte[] plain = (id + " " + name).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
  }
}
