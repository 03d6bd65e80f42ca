package io.fettle.lab;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.function.Function;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * SFTP on one machine: packets come in, are answered one by one, and go out. One that cannot be
 * read ends it.
 */
final class SftpFront extends MachineChannel {
  private static final int LARGEST = 256 * 1024;

  SftpFront(Function<String, @Nullable SimMachine> byAddress) {
    super(byAddress);
  }

  @Override
  int serve(SimMachine machine, String user) throws IOException {
    DataInputStream packets = new DataInputStream(in);
    DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(out));
    SftpTalk talk = new SftpTalk(machine, user);
    for (byte[] packet = next(packets); packet != null; packet = next(packets)) {
      if (isIllMannered(machine)) return 0;
      Buffer answer = talk.answer(new ByteArrayBuffer(packet));
      answers.writeInt(answer.available());
      answers.write(answer.array(), answer.rpos(), answer.available());
      answers.flush();
    }
    return 0;
  }

  /** Null at the end. */
  private static byte @Nullable [] next(DataInputStream packets) throws IOException {
    int length;
    try {
      length = packets.readInt();
    } catch (EOFException e) {
      return null;
    }
    if (length < 1 || length > LARGEST) throw new IOException("a packet of " + length + " bytes");
    byte[] packet = new byte[length];
    packets.readFully(packet);
    return packet;
  }
}
