package io.fettle.transport.ipmi;

/**
 * One IPMI command to the card itself (LUN 0).
 *
 * @param netFn even request network function, 0x00..0x3e (OEM 0x2e, 0x30.. included)
 * @param data request bytes after the command
 */
public record IpmiRequest(int netFn, int command, byte... data) {
  /** {@code netfn 30 cmd 24 data 02}, as the story shows it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("netfn %02x cmd %02x".formatted(netFn, command));
    if (data.length > 0) text.append(" data");
    for (byte b : data) text.append(" %02x".formatted(b & 0xff));
    return text.toString();
  }
}
