package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A path on the machine of an action, and what lies there. */
final class RemoteFile {
  static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofSeconds(60);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern PATH = Pattern.compile("/[^\\p{Cc}\\p{Zl}\\p{Zp}]{1,1000}");
  private static final Pattern UNSAFE = Pattern.compile("unsafe (link|owner|mode) (/.*)");

  private final ActionContext context;
  private final String path;
  private final boolean root;

  RemoteFile(ActionContext context, String path) {
    this.context = context;
    this.path = path;
    this.root = yes(context.params(), "root");
  }

  /** What a path has to be. */
  static Label noPath(String given, String example) {
    return new Label(
        "“" + given + "”：须是绝对路径，其中没有“//”“.”“..”，例如 " + example,
        "'" + given + "': an absolute path without '//', '.' or '..' in it, such as " + example);
  }

  /**
   * What lies there.
   *
   * @param kind {@code none}, {@code nofolder}, {@code link}, {@code folder}, {@code other} or
   *     {@code file}
   * @param sha256 of a file; {@code large} when it was not computed; otherwise {@code none}
   * @param mode octal
   */
  record Seen(String kind, String sha256, String mode, long size) {
    boolean isFile() {
      return kind.equals("file");
    }
  }

  /** What lies there, or why nobody knows; both where nothing may be put there whatever lies. */
  record Look(@Nullable Seen seen, @Nullable Label why) {}

  Look look() {
    return look(Long.MAX_VALUE);
  }

  /** As {@link #look()}; of a file that is larger the checksum is {@code large}. */
  Look look(long most) {
    return switch (run(FileScripts.look(path, most), false)) {
      case SshOutcome.Ran ran when ran.exit() == 0 -> read(ran.out());
      case SshOutcome.Ran ran -> new Look(null, cannot("读不到 " + path, "cannot read " + path, ran));
      case SshOutcome.Failed failed -> new Look(null, failed.words());
    };
  }

  /** As {@link #look()}, provided that it is a place where root may put something. */
  Look place() {
    return switch (run(FileScripts.place(path), false)) {
      case SshOutcome.Ran ran when ran.exit() == 0 -> read(ran.out());
      case SshOutcome.Ran ran -> new Look(null, cannot("读不到 " + path, "cannot read " + path, ran));
      case SshOutcome.Failed failed -> new Look(null, failed.words());
    };
  }

  private Look read(String out) {
    String[] words = out.strip().split(" ", -1);
    boolean file = words.length == 4 && words[0].equals("file");
    if (file
        && words[1].matches("[0-9a-f]{64}|large")
        && words[2].matches("[0-7]{1,5}")
        && words[3].matches("[0-9]{1,18}"))
      return new Look(new Seen("file", words[1], words[2], Long.parseLong(words[3])), null);
    Matcher unsafe = UNSAFE.matcher(out.strip());
    if (unsafe.matches())
      return new Look(new Seen("unsafe", "none", "", 0), unsafe(unsafe.group(1), unsafe.group(2)));
    if (words.length == 1 && words[0].matches("none|nofolder|link|folder|other"))
      return new Look(new Seen(words[0], "none", "", 0), null);
    return new Look(
        null, new Label("机器的回答看不懂", "The machine's answer is not understood: " + safe(out)));
  }

  private static Label unsafe(String why, String where) {
    String folder = safe(where);
    if (why.equals("link"))
      return new Label(
          "它的目录要经过符号链接，root 不经链接放文件：请写真实的目录 " + folder,
          "Its folder is reached over a symbolic link, and root puts nothing through one: name the"
              + " folder that it leads to, "
              + folder);
    boolean owner = why.equals("owner");
    return new Label(
        folder
            + (owner ? " 不属于 root" : " 别人也能写")
            + "，可能用链接把 root 引到别处，所以 root 不往那里放文件：请以那个用户放（不用 --root），或放到只有 root 能写的目录",
        folder
            + (owner ? " is not root's" : " can be written by others than root")
            + ", so a link there could lead root astray and root puts nothing into it: put the file"
            + " as that user (without --root), or into a folder that only root may write");
  }

  /** As the wish says: as root or as the user who logs in. */
  SshOutcome run(String script, boolean changes) {
    return context
        .reach()
        .ssh(
            context.machine().id(),
            new SshCommand(script, root, SHORT, 8_192, changes ? context::mayLeave : () -> true));
  }

  /** Why a place that is no file takes none; null when it does. */
  static @Nullable Label closed(String path, Seen seen) {
    return switch (seen.kind()) {
      case "file", "none" -> null;
      case "nofolder" -> new Label(path + " 的目录不存在", "The folder of " + path + " does not exist");
      case "link" ->
          new Label(
              path + " 是符号链接：请写它指向的文件",
              path + " is a symbolic link: name the file that it leads to");
      case "folder" -> new Label(path + " 是目录", path + " is a folder");
      default -> new Label(path + " 不是普通文件", path + " is no regular file");
    };
  }

  static Label cannot(String zh, String en, SshOutcome.Ran ran) {
    String said = safe(ran.err().isBlank() ? "exit " + ran.exit() : ran.err());
    return new Label(zh + "：" + said, en + ": " + said);
  }

  /** An absolute path, written in one way only and without line breaks; null when it is none. */
  static @Nullable String pathOf(Map<String, Object> params, String name) {
    String path = String.valueOf(params.getOrDefault(name, ""));
    String ended = path + "/";
    boolean plain = !ended.contains("//") && !ended.contains("/./") && !ended.contains("/../");
    return plain && PATH.matcher(path).matches() ? path : null;
  }

  static boolean yes(Map<String, Object> params, String name) {
    String value = String.valueOf(params.getOrDefault(name, "")).toLowerCase(Locale.ROOT);
    return value.equals("yes") || value.equals("true");
  }

  /** A name that nobody can know before. */
  static String unguessable() {
    byte[] random = new byte[12];
    RANDOM.nextBytes(random);
    return ".fettle-" + HexFormat.of().formatHex(random);
  }

  private static String safe(String text) {
    return RemoteText.cut(text.strip(), 300);
  }
}
