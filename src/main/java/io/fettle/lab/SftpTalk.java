package io.fettle.lab;

import io.fettle.lab.shell.Fs;
import io.fettle.lab.shell.Refused;
import io.fettle.lab.shell.UserFiles;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/** What one user asks of one machine's files over SFTP (draft-ietf-secsh-filexfer-02). */
final class SftpTalk {
  private static final int VERSION = 3;
  private static final int MOST_HANDLES = 100;
  private static final int MOST_READ = 128 * 1024;
  private static final int MOST_NAMES = 100;
  private static final int UMASK = 022;

  private final SimMachine machine;
  private final String user;
  private final String home;
  private final Map<Integer, Handle> handles = new HashMap<>();
  private int lastHandle;
  private boolean begun;

  /**
   * What is open.
   *
   * @param names what is still to be told of a folder; null: it is a file
   */
  private record Handle(
      UserFiles.Entry entry, UserFiles.Opening how, boolean append, @Nullable Deque<String> names) {
    UserFiles.Entry file() throws NoSuchHandle {
      if (names != null) throw new NoSuchHandle();
      return entry;
    }
  }

  private static final class NoSuchHandle extends Exception {
    private static final long serialVersionUID = 1L;
  }

  SftpTalk(SimMachine machine, String user) {
    this.machine = machine;
    this.user = user;
    this.home = user.equals("root") ? "/root" : "/home/" + user;
  }

  /**
   * Does what a packet asks.
   *
   * @throws BufferException when it cannot be read
   */
  Buffer answer(Buffer packet) {
    int type = packet.getUByte();
    if (begun == (type == SftpConstants.SSH_FXP_INIT))
      throw new BufferException("packet " + type + " out of turn");
    int id = packet.getInt();
    if (!begun) {
      begun = true;
      return packet(SftpConstants.SSH_FXP_VERSION, VERSION);
    }
    try {
      return machine.files(user, what(type), files -> answer(type, id, packet, files));
    } catch (Refused e) {
      return status(id, code(e.why()));
    }
  }

  private Buffer answer(int type, int id, Buffer packet, UserFiles files) throws Refused {
    try {
      return switch (type) {
        case SftpConstants.SSH_FXP_OPEN -> open(id, packet, files);
        case SftpConstants.SSH_FXP_OPENDIR -> openFolder(id, packet, files);
        case SftpConstants.SSH_FXP_READ -> read(id, packet, files);
        case SftpConstants.SSH_FXP_READDIR -> readFolder(id, packet, files);
        case SftpConstants.SSH_FXP_STAT -> stat(id, files.find(path(packet), true));
        case SftpConstants.SSH_FXP_LSTAT -> stat(id, files.find(path(packet), false));
        case SftpConstants.SSH_FXP_FSTAT -> stat(id, handle(packet).entry());
        case SftpConstants.SSH_FXP_REALPATH -> name(id, files.real(path(packet)));
        case SftpConstants.SSH_FXP_READLINK -> name(id, files.target(path(packet)));
        default -> status(id, change(type, packet, files));
      };
    } catch (NoSuchHandle e) {
      return status(id, SftpConstants.SSH_FX_FAILURE);
    }
  }

  private int change(int type, Buffer packet, UserFiles files) throws Refused, NoSuchHandle {
    switch (type) {
      case SftpConstants.SSH_FXP_CLOSE -> {
        if (handles.remove(number(packet)) == null) throw new NoSuchHandle();
      }
      case SftpConstants.SSH_FXP_WRITE -> write(packet, files);
      case SftpConstants.SSH_FXP_SETSTAT -> {
        String path = path(packet);
        SftpFacts.read(packet).apply(files, files.find(path, true));
      }
      case SftpConstants.SSH_FXP_FSETSTAT -> {
        UserFiles.Entry entry = handle(packet).entry();
        SftpFacts.read(packet).apply(files, entry);
      }
      case SftpConstants.SSH_FXP_REMOVE -> files.remove(path(packet));
      case SftpConstants.SSH_FXP_RMDIR -> files.removeFolder(path(packet));
      case SftpConstants.SSH_FXP_MKDIR -> {
        String path = path(packet);
        files.makeFolder(path, SftpFacts.read(packet).modeOr(0777) & ~UMASK);
      }
      case SftpConstants.SSH_FXP_RENAME -> {
        String from = path(packet);
        String to = path(packet);
        files.rename(from, to, false);
      }
      case SftpConstants.SSH_FXP_SYMLINK -> {
        String target = packet.getString(); // OpenSSH has the two the other way round
        files.makeLink(path(packet), target);
      }
      default -> {
        return SftpConstants.SSH_FX_OP_UNSUPPORTED;
      }
    }
    return SftpConstants.SSH_FX_OK;
  }

  private Buffer open(int id, Buffer packet, UserFiles files) throws Refused {
    String path = path(packet);
    int flags = packet.getInt();
    SftpFacts wanted = SftpFacts.read(packet);
    boolean write = (flags & SftpConstants.SSH_FXF_WRITE) != 0;
    UserFiles.Opening how =
        new UserFiles.Opening(
            (flags & SftpConstants.SSH_FXF_READ) != 0,
            write,
            (flags & SftpConstants.SSH_FXF_CREAT) != 0,
            (flags & SftpConstants.SSH_FXF_TRUNC) != 0,
            (flags & SftpConstants.SSH_FXF_EXCL) != 0);
    if (handles.size() >= MOST_HANDLES) return status(id, SftpConstants.SSH_FX_FAILURE);
    UserFiles.Entry entry = files.open(path, how, wanted.modeOr(0666) & ~UMASK);
    boolean append = (flags & SftpConstants.SSH_FXF_APPEND) != 0;
    return opened(id, new Handle(entry, how, append, null));
  }

  private Buffer openFolder(int id, Buffer packet, UserFiles files) throws Refused {
    String path = path(packet);
    Deque<String> names = new ArrayDeque<>(List.of(".", ".."));
    names.addAll(files.list(path));
    if (handles.size() >= MOST_HANDLES) return status(id, SftpConstants.SSH_FX_FAILURE);
    UserFiles.Opening how = new UserFiles.Opening(true, false, false, false, false);
    return opened(id, new Handle(files.find(path, true), how, false, names));
  }

  private Buffer opened(int id, Handle handle) {
    handles.put(++lastHandle, handle);
    Buffer answer = packet(SftpConstants.SSH_FXP_HANDLE, id);
    answer.putInt(4);
    answer.putInt(lastHandle);
    return answer;
  }

  private Buffer read(int id, Buffer packet, UserFiles files) throws Refused, NoSuchHandle {
    Handle handle = handle(packet);
    long from = packet.getLong();
    int most = (int) Math.min(packet.getUInt(), MOST_READ);
    if (!handle.how().read()) return status(id, SftpConstants.SSH_FX_PERMISSION_DENIED);
    byte[] bytes = files.read(handle.file(), from, most);
    if (bytes.length == 0 && most > 0) return status(id, SftpConstants.SSH_FX_EOF);
    Buffer answer = packet(SftpConstants.SSH_FXP_DATA, id);
    answer.putBytes(bytes);
    return answer;
  }

  private void write(Buffer packet, UserFiles files) throws Refused, NoSuchHandle {
    Handle handle = handle(packet);
    long from = packet.getLong();
    byte[] bytes = packet.getBytes();
    if (!handle.how().write()) throw new NoSuchHandle();
    files.write(handle.file(), handle.append() ? size(handle) : from, bytes);
  }

  private static long size(Handle handle) {
    return handle.entry().inode().facts().size();
  }

  private Buffer readFolder(int id, Buffer packet, UserFiles files) throws Refused, NoSuchHandle {
    Handle handle = handle(packet);
    Deque<String> names = handle.names();
    if (names == null) throw new NoSuchHandle();
    if (names.isEmpty()) return status(id, SftpConstants.SSH_FX_EOF);
    SftpFacts.Listing listing = new SftpFacts.Listing(machine.fs());
    for (int i = 0; i < MOST_NAMES && !names.isEmpty(); i++) {
      String name = names.remove();
      Fs.Inode inode = files.inside(handle.entry(), name);
      if (inode != null) listing.add(name, inode);
    }
    return listing.into(packet(SftpConstants.SSH_FXP_NAME, id));
  }

  private Buffer stat(int id, UserFiles.Entry entry) {
    Buffer answer = packet(SftpConstants.SSH_FXP_ATTRS, id);
    SftpFacts.write(answer, entry.inode().facts());
    return answer;
  }

  /** One name that is no more than that. */
  private static Buffer name(int id, String name) {
    Buffer answer = packet(SftpConstants.SSH_FXP_NAME, id);
    answer.putInt(1);
    answer.putString(name);
    answer.putString(name);
    answer.putInt(0);
    return answer;
  }

  private static Buffer status(int id, int code) {
    Buffer answer = packet(SftpConstants.SSH_FXP_STATUS, id);
    answer.putInt(code);
    answer.putString(
        switch (code) {
          case SftpConstants.SSH_FX_OK -> "Success";
          case SftpConstants.SSH_FX_EOF -> "End of file";
          case SftpConstants.SSH_FX_NO_SUCH_FILE -> "No such file";
          case SftpConstants.SSH_FX_PERMISSION_DENIED -> "Permission denied";
          case SftpConstants.SSH_FX_BAD_MESSAGE -> "Bad message";
          case SftpConstants.SSH_FX_OP_UNSUPPORTED -> "Operation unsupported";
          default -> "Failure";
        });
    answer.putString("");
    return answer;
  }

  /** As OpenSSH's server has it. */
  private static int code(Refused.Why why) {
    return switch (why) {
      case NO_ENTRY, NO_FOLDER, CIRCLE -> SftpConstants.SSH_FX_NO_SUCH_FILE;
      case DENIED, NOT_OWNER -> SftpConstants.SSH_FX_PERMISSION_DENIED;
      case INVALID, LONG_NAME -> SftpConstants.SSH_FX_BAD_MESSAGE;
      case EXISTS, FOLDER, NOT_EMPTY, READ_ONLY, LARGE, FULL -> SftpConstants.SSH_FX_FAILURE;
    };
  }

  private static Buffer packet(int type, int id) {
    Buffer packet = new ByteArrayBuffer();
    packet.putByte((byte) type);
    packet.putInt(id);
    return packet;
  }

  private Handle handle(Buffer packet) throws NoSuchHandle {
    Handle handle = handles.get(number(packet));
    if (handle == null) throw new NoSuchHandle();
    return handle;
  }

  /** Of a handle; one that is not four bytes long was never given. */
  private static int number(Buffer packet) throws NoSuchHandle {
    byte[] name = packet.getBytes();
    if (name.length != Integer.BYTES) throw new NoSuchHandle();
    return ByteBuffer.wrap(name).getInt();
  }

  private String path(Buffer packet) {
    String path = packet.getString();
    if (path.indexOf('\0') >= 0) throw new BufferException("a NUL in a path");
    return Fs.normal(path, home);
  }

  /** {@code sftp open}, {@code sftp remove} and so on. */
  private static String what(int type) {
    String name = SftpConstants.getCommandMessageName(type);
    return "sftp " + name.substring(name.lastIndexOf('_') + 1).toLowerCase(Locale.ROOT);
  }
}
