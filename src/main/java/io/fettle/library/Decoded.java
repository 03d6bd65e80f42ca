package io.fettle.library;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.Optional;

/**
 * A file's bytes as text: UTF-8, else GB18030, which older scripts in China are written in, else
 * byte by byte.
 *
 * @param encoding its name, or {@code binary}
 * @param text empty when it is binary
 */
record Decoded(String encoding, String text) {
  static final Decoded BINARY = new Decoded("binary", "");
  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final int LOOK = 8_000;
  private static final int LONGEST_CHARACTER = 4;

  boolean binary() {
    return encoding.equals(BINARY.encoding());
  }

  static Decoded whole(byte[] bytes) {
    return of(bytes, false);
  }

  /** The beginning of a file: a character that is cut at the end is left out. */
  static Decoded beginning(byte[] bytes) {
    return of(bytes, true);
  }

  private static Decoded of(byte[] bytes, boolean cut) {
    for (int i = 0; i < Math.min(bytes.length, LOOK); i++) if (bytes[i] == 0) return BINARY;
    return strict(bytes, UTF_8, cut)
        .or(() -> strict(bytes, GB18030, cut))
        .orElseGet(() -> new Decoded(ISO_8859_1.name(), new String(bytes, ISO_8859_1)));
  }

  private static Optional<Decoded> strict(byte[] bytes, Charset charset, boolean cut) {
    for (int less = 0; less < (cut ? LONGEST_CHARACTER : 1) && less <= bytes.length; less++)
      try {
        String text =
            charset
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes, 0, bytes.length - less))
                .toString();
        return Optional.of(new Decoded(charset.name(), text));
      } catch (CharacterCodingException e) {
        // One byte less, or the next encoding.
      }
    return Optional.empty();
  }
}
