package io.fettle.lab;

import static org.apache.sshd.sftp.common.SftpConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.lab.shell.In;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that the usual clients do not send, and the limits. */
@SuppressWarnings("NullAway.Init")
class SftpTalkTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir private Path dir;
  private Journal journal;
  private SimMachine machine;
  private SftpTalk talk;

  @BeforeEach
  void begin() {
    journal = new Journal(dir.resolve("journal.jsonl"));
    machine =
        new Fleet(1, 7, 0, new Fleet.Keys("password", "ssh-rsa A a"), journal, Clock.systemUTC())
            .machines()
            .getFirst();
    talk = new SftpTalk(machine, "fettle");
    Buffer version = talk.answer(packet(SSH_FXP_INIT, 6));
    assertThat(version.getUByte()).isEqualTo((short) SSH_FXP_VERSION);
    assertThat(version.getInt()).isEqualTo(3);
  }

  @AfterEach
  void end() throws Exception {
    journal.close();
  }

  private static Buffer packet(int type, int id) {
    Buffer packet = new ByteArrayBuffer();
    packet.putByte((byte) type);
    packet.putInt(id);
    return packet;
  }

  private static Buffer open(String path, int flags) {
    Buffer packet = packet(SSH_FXP_OPEN, 1);
    packet.putString(path);
    packet.putInt(flags);
    packet.putInt(0);
    return packet;
  }

  private byte[] opened(String path, int flags) {
    Buffer answer = talk.answer(open(path, flags));
    assertThat(answer.getUByte()).isEqualTo((short) SSH_FXP_HANDLE);
    assertThat(answer.getInt()).isEqualTo(1);
    return answer.getBytes();
  }

  private static Buffer write(byte[] handle, long from, byte... bytes) {
    Buffer packet = packet(SSH_FXP_WRITE, 2);
    packet.putBytes(handle);
    packet.putLong(from);
    packet.putBytes(bytes);
    return packet;
  }

  private static Buffer read(byte[] handle, long from, int most) {
    Buffer packet = packet(SSH_FXP_READ, 2);
    packet.putBytes(handle);
    packet.putLong(from);
    packet.putInt(most);
    return packet;
  }

  private static Buffer of(int type, byte[] handle) {
    Buffer packet = packet(type, 2);
    packet.putBytes(handle);
    return packet;
  }

  private void assertStatus(int status, Buffer asked) {
    Buffer answer = talk.answer(asked);
    assertThat(answer.getUByte()).isEqualTo((short) SSH_FXP_STATUS);
    answer.getInt();
    assertThat(answer.getInt()).isEqualTo(status);
  }

  private String sh(String script) {
    return new String(
        machine.run("root", script, new In(() -> new byte[0])).out(), StandardCharsets.UTF_8);
  }

  @Test
  void aFileIsWrittenAnywhereUpToItsLimit() {
    byte[] file = opened("f", SSH_FXF_READ | SSH_FXF_WRITE | SSH_FXF_CREAT);

    assertStatus(SSH_FX_OK, write(file, 3, (byte) 'd'));
    assertStatus(SSH_FX_OK, write(file, 0, (byte) 'a', (byte) 'b'));
    for (long beyond : new long[] {64L * MEGABYTE, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      Buffer asked = write(file, beyond, (byte) 'x');
      assertThat(talk.answer(asked).getUByte()).isEqualTo((short) SSH_FXP_STATUS);
    }
    assertThat(sh("od -An -tx1 </home/fettle/f")).isEqualTo(" 61 62 00 64\n");
    Buffer data = talk.answer(read(file, 1, 100));
    assertThat(data.getUByte()).isEqualTo((short) SSH_FXP_DATA);
    data.getInt();
    assertThat(data.getBytes()).containsExactly('b', 0, 'd');
    assertStatus(SSH_FX_EOF, read(file, 4, 100));
    assertStatus(SSH_FX_EOF, read(file, Long.MAX_VALUE, -1));
    assertStatus(SSH_FX_BAD_MESSAGE, read(file, -1, 1));
  }

  @Test
  void whatIsAppendedComesAtTheEndAndWhatIsTruncatedIsGone() {
    byte[] file = opened("f", SSH_FXF_WRITE | SSH_FXF_CREAT | SSH_FXF_APPEND);
    assertStatus(SSH_FX_OK, write(file, 0, (byte) 'a'));
    assertStatus(SSH_FX_OK, write(file, 0, (byte) 'b'));
    assertThat(sh("cat /home/fettle/f")).isEqualTo("ab");

    Buffer size = of(SSH_FXP_FSETSTAT, file);
    size.putInt(SSH_FILEXFER_ATTR_SIZE);
    size.putLong(1);
    assertStatus(SSH_FX_OK, size);
    assertThat(sh("cat /home/fettle/f")).isEqualTo("a");
    opened("f", SSH_FXF_WRITE | SSH_FXF_TRUNC);
    assertThat(sh("stat -c %s /home/fettle/f")).isEqualTo("0\n");
    assertStatus(SSH_FX_FAILURE, open("f", SSH_FXF_WRITE | SSH_FXF_CREAT | SSH_FXF_EXCL));
    assertStatus(SSH_FX_NO_SUCH_FILE, open("g", SSH_FXF_WRITE));
  }

  @Test
  void aHandleIsGoodForWhatItWasOpenedFor() {
    byte[] file = opened("/etc/hostname", SSH_FXF_READ);

    assertStatus(SSH_FX_FAILURE, write(file, 0, (byte) 'x'));
    assertStatus(SSH_FX_FAILURE, of(SSH_FXP_READDIR, file));
    assertStatus(SSH_FX_OK, of(SSH_FXP_CLOSE, file));
    assertStatus(SSH_FX_FAILURE, of(SSH_FXP_CLOSE, file));
    assertStatus(SSH_FX_FAILURE, read(file, 0, 1));
    assertStatus(SSH_FX_FAILURE, read(new byte[] {1}, 0, 1));
    assertStatus(SSH_FX_FAILURE, open("/etc", SSH_FXF_WRITE));
    assertStatus(SSH_FX_OP_UNSUPPORTED, of(SSH_FXP_EXTENDED, new byte[] {'x'}));
  }

  @Test
  void noMoreThanAHundredAreOpen() {
    byte[] first = opened("/etc/hostname", SSH_FXF_READ);
    for (int i = 1; i < 100; i++) opened("/etc/hostname", SSH_FXF_READ);

    assertStatus(SSH_FX_FAILURE, open("/etc/hostname", SSH_FXF_READ));
    Buffer folder = packet(SSH_FXP_OPENDIR, 1);
    folder.putString("/etc");
    assertStatus(SSH_FX_FAILURE, folder);
    assertStatus(SSH_FX_OK, of(SSH_FXP_CLOSE, first));
    opened("/etc/hostname", SSH_FXF_READ);
  }

  @Test
  void aReadOnlyFileSystemTakesNothing() {
    machine.fs().sealed(path -> path.startsWith("/home/"));

    assertStatus(SSH_FX_FAILURE, open("f", SSH_FXF_WRITE | SSH_FXF_CREAT));
    opened("/tmp/f", SSH_FXF_WRITE | SSH_FXF_CREAT);
  }
}
