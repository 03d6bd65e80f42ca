package io.fettle.lab;

import io.fettle.lab.shell.Fs;
import io.fettle.lab.shell.Passwd;
import io.fettle.lab.shell.Refused;
import io.fettle.lab.shell.UserFiles;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/**
 * What SFTP calls a file's attributes, as somebody wishes them; null is left as it is.
 *
 * @param modified milliseconds since 1970
 */
record SftpFacts(
    @Nullable Long size,
    @Nullable Integer uid,
    @Nullable Integer gid,
    @Nullable Integer mode,
    @Nullable Long modified) {

  static SftpFacts read(Buffer packet) {
    int flags = packet.getInt();
    Long size = has(flags, SftpConstants.SSH_FILEXFER_ATTR_SIZE) ? packet.getLong() : null;
    boolean owner = has(flags, SftpConstants.SSH_FILEXFER_ATTR_UIDGID);
    Integer uid = owner ? packet.getInt() : null;
    Integer gid = owner ? packet.getInt() : null;
    boolean modes = has(flags, SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS);
    Integer mode = modes ? packet.getInt() : null;
    Long modified = null;
    if (has(flags, SftpConstants.SSH_FILEXFER_ATTR_ACMODTIME)) {
      packet.getInt();
      modified = packet.getUInt() * 1000;
    }
    return new SftpFacts(size, uid, gid, mode, modified);
  }

  private static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }

  int modeOr(int usual) {
    return mode == null ? usual : mode & 07777;
  }

  /** Makes it so. */
  void apply(UserFiles files, UserFiles.Entry entry) throws Refused {
    if (size != null) files.size(files.open(entry.path(), OVER, 0), size);
    if (mode != null) files.mode(entry, mode);
    if (modified != null) files.modified(entry, modified);
    if (uid != null && gid != null) files.owner(entry, uid, gid);
  }

  private static final UserFiles.Opening OVER =
      new UserFiles.Opening(false, true, false, false, false);

  static void write(Buffer answer, Fs.Facts facts) {
    answer.putInt(
        SftpConstants.SSH_FILEXFER_ATTR_SIZE
            | SftpConstants.SSH_FILEXFER_ATTR_UIDGID
            | SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS
            | SftpConstants.SSH_FILEXFER_ATTR_ACMODTIME);
    answer.putLong(facts.size());
    answer.putInt(facts.uid());
    answer.putInt(facts.gid());
    answer.putInt(kind(facts.kind()) | facts.mode());
    answer.putInt(facts.modified() / 1000);
    answer.putInt(facts.modified() / 1000);
  }

  private static int kind(Fs.Kind kind) {
    return switch (kind) {
      case FILE -> SftpConstants.S_IFREG;
      case FOLDER -> SftpConstants.S_IFDIR;
      case LINK -> SftpConstants.S_IFLNK;
      case DEVICE -> SftpConstants.S_IFCHR;
    };
  }

  /** Names in a folder with what {@code ls -l} says of each. */
  static final class Listing {
    private static final DateTimeFormatter DAY =
        DateTimeFormatter.ofPattern("MMM ppd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Passwd passwd;
    private final Buffer names = new ByteArrayBuffer();
    private int count;

    Listing(Fs fs) {
      passwd = new Passwd(fs);
    }

    void add(String name, Fs.Inode inode) {
      Fs.Facts facts = inode.facts();
      names.putString(name);
      names.putString(line(name, facts));
      write(names, facts);
      count++;
    }

    private String line(String name, Fs.Facts facts) {
      return String.format(
          Locale.ROOT,
          "%s %4d %-8s %-8s %8d %s %s",
          facts.modeText(),
          1,
          passwd.name(facts.uid()),
          passwd.groupName(facts.gid()),
          facts.size(),
          DAY.format(Instant.ofEpochMilli(facts.modified())),
          name);
    }

    Buffer into(Buffer answer) {
      answer.putInt(count);
      answer.putRawBytes(names.array(), names.rpos(), names.available());
      return answer;
    }
  }
}
