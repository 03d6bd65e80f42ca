package io.fettle.cmdb.csv;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out how a text file is encoded: by its byte order mark, else by what decodes cleanly. */
public final class Encodings {
  private static final Charset GB18030 = Charset.forName("GB18030");

  private Encodings() {}

  /**
   * @param skip bytes of the byte order mark
   */
  public record Found(Charset charset, int skip) {}

  public static Found of(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(4);
    }
    if (starts(head, 0xef, 0xbb, 0xbf)) return new Found(StandardCharsets.UTF_8, 3);
    if (starts(head, 0xff, 0xfe)) return new Found(StandardCharsets.UTF_16LE, 2);
    if (starts(head, 0xfe, 0xff)) return new Found(StandardCharsets.UTF_16BE, 2);
    if (starts(head, 0x84, 0x31, 0x95, 0x33)) return new Found(GB18030, 4);
    long utf8 = faults(file, StandardCharsets.UTF_8);
    if (utf8 == 0) return new Found(StandardCharsets.UTF_8, 0);
    // A single damaged byte in a long UTF-8 file must not turn all of it into another language.
    return new Found(faults(file, GB18030) < utf8 ? GB18030 : StandardCharsets.UTF_8, 0);
  }

  private static boolean starts(byte[] head, int... mark) {
    if (head.length < mark.length) return false;
    for (int i = 0; i < mark.length; i++) if ((head[i] & 255) != mark[i]) return false;
    return true;
  }

  /** How many byte sequences do not decode; stops counting at a thousand. */
  private static long faults(Path file, Charset charset) throws IOException {
    CharsetDecoder decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    CharBuffer chars = CharBuffer.allocate(1 << 16);
    long faults = 0;
    try (FileChannel in = FileChannel.open(file)) {
      boolean end = false;
      while (!end && faults < 1000) {
        end = in.read(bytes) < 0;
        bytes.flip();
        CoderResult result;
        while ((result = decoder.decode(bytes, chars.clear(), end)).isError()) {
          faults++;
          bytes.position(bytes.position() + result.length());
        }
        while (result.isOverflow()) result = decoder.decode(bytes, chars.clear(), end);
        bytes.compact();
      }
    }
    return faults;
  }

  /** Reads the file from behind its mark; bytes that do not decode become U+FFFD. */
  public static Reader open(Path file, Found found) throws IOException {
    InputStream in = Files.newInputStream(file);
    in.skipNBytes(found.skip());
    return new BufferedReader(new InputStreamReader(in, found.charset()), 1 << 16);
  }
}
