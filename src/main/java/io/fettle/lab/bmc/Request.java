package io.fettle.lab.bmc;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One command as the card executes it, and the completion codes it may end with. */
record Request(int netFn, int command, byte[] data, int privilege) {
  static final int USER = 2;
  static final int OPERATOR = 3;
  static final int ADMINISTRATOR = 4;

  static final byte[] INVALID = {(byte) 0xc1};
  static final byte[] LENGTH = {(byte) 0xc7};
  static final byte[] RANGE = {(byte) 0xc9};
  static final byte[] FIELD = {(byte) 0xcc};
  static final byte[] PRIVILEGE = {(byte) 0xd4};
  static final byte[] NOT_SUPPORTED = {(byte) 0x80};
  static final byte[] LICENCE = {0x6f};

  /** A data byte as a number; 0 beyond the end. */
  int at(int index) {
    return index < data.length ? data[index] & 0xff : 0;
  }

  /** Runs it when the session may and the request is long enough. */
  byte[] when(int needed, int length, Supplier<byte[]> command) {
    if (privilege < needed) return PRIVILEGE.clone();
    return data.length < length ? LENGTH.clone() : command.get();
  }

  /** Tells the journal, then changes something. */
  byte[] change(Consumer<String> journal, Runnable effect) {
    journal.accept(line(data.length));
    effect.run();
    return new byte[] {0};
  }

  /** The journal's line, with this many data bytes in the clear. */
  String line(int shown) {
    StringBuilder text = new StringBuilder("netfn %02x cmd %02x".formatted(netFn, command));
    if (data.length > 0) text.append(" data");
    for (int i = 0; i < data.length; i++) text.append(i < shown ? " %02x".formatted(at(i)) : " **");
    return text.toString();
  }

  /** Completion code 0 and these bytes. */
  static byte[] ok(int... bytes) {
    byte[] answer = new byte[bytes.length + 1];
    for (int i = 0; i < bytes.length; i++) answer[i + 1] = (byte) bytes[i];
    return answer;
  }

  /** Completion code 0, some bytes, then more. */
  static byte[] ok(byte[] tail, int... head) {
    byte[] answer = Arrays.copyOf(ok(head), 1 + head.length + tail.length);
    System.arraycopy(tail, 0, answer, 1 + head.length, tail.length);
    return answer;
  }
}
