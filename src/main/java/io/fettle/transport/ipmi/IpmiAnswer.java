package io.fettle.transport.ipmi;

/**
 * A card's answer.
 *
 * @param code completion code, 0 is success
 * @param data bytes after the completion code
 */
public record IpmiAnswer(int code, byte[] data) {
  public boolean ok() {
    return code == 0;
  }

  /** {@code cc 00 data 02}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("cc %02x".formatted(code));
    if (data.length > 0) text.append(" data");
    for (byte b : data) text.append(" %02x".formatted(b & 0xff));
    return text.toString();
  }
}
