package io.fettle.library;

import io.fettle.library.MirrorWork.Behind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.BundleWriter;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Brings a folder elsewhere, by rsync, to what this library has: {@code scripts/} with the files of
 * main, {@code scripts.bundle} with all history (any {@code git clone} reads it), {@code
 * scripts.refs} with the branches of it, and {@code scripts.commit}, written last, which says what
 * main was. A folder whose {@code scripts.commit} or a branch of which this library does not know,
 * is somebody else's copy, or this one's from before a loss, and is left alone; so is one that has
 * scripts and no such mark.
 */
@Component
class FolderMirror {
  private static final long LIMIT_MINUTES = 10;
  private static final int PARTIAL = 23;
  private static final String MARK = "scripts.commit";
  private static final String BRANCHES = "scripts.refs";
  private static final int LARGEST = 8 << 20;
  private static final Pattern LISTED =
      Pattern.compile("(?m)^[a-z-][a-zA-Z-]{9}\\S? +[0-9.,]+ \\S+ \\S+ (.+)$");
  private static final Pattern BRANCH = Pattern.compile("([0-9a-f]{40}) (refs/\\S+)");
  private static final int MOST_WORDS = 500;

  private final Store store;
  private final Export export;
  private final RefTable table;

  FolderMirror(Store store, Export export, RefTable table) {
    this.store = store;
    this.export = export;
    this.table = table;
  }

  void bring(
      String name, MirrorAddress address, Optional<String> secret, Map<String, ObjectId> refs)
      throws IOException, Behind {
    String rsync =
        Programs.find("rsync")
            .orElseThrow(() ->
                new Behind(
                    "本机没有 rsync：apt-get install rsync",
                    "there is no rsync on this machine: apt-get install rsync"));
    Path folder = store.folder().resolve("mirror").resolve(name);
    FileSystemUtils.deleteRecursively(folder);
    Files.createDirectories(folder);
    try (OpenSsh ssh = address.overSsh() ? ssh(secret) : null) {
      Sync sync = new Sync(rsync, address, secret, ssh, folder);
      boolean ours = isOurs(sync, refs);
      ObjectId main = refs.getOrDefault(Store.MAIN, ObjectId.zeroId());
      if (!export.current().equals(Optional.of(main.name())))
        throw new Behind("导出尚未到 main", "the export is not at main yet");
      if (!ours) sync.put(MARK, main.name() + " begun\n");
      sync.run("-rlpt", "--delete-delay", export.folder() + "/", sync.target("scripts/"));
      StringBuilder branches = new StringBuilder();
      refs.forEach((ref, id) -> branches.append(id.name() + " " + ref + "\n"));
      sync.put(BRANCHES, branches.toString());
      Path bundle = folder.resolve("scripts.bundle");
      bundle(bundle, refs);
      sync.run("-t", bundle.toString(), sync.target(""));
      sync.put(MARK, main.name() + "\n");
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private OpenSsh ssh(Optional<String> secret) throws IOException, Behind {
    return new OpenSsh(
        store.folder(),
        secret.orElseThrow(() -> new Behind("它没有私钥", "it has no private key")),
        Duration.ofMinutes(LIMIT_MINUTES));
  }

  /** True when this library has written there before; false when nothing is there. */
  private boolean isOurs(Sync sync, Map<String, ObjectId> refs) throws IOException, Behind {
    Optional<String> mark = sync.read(MARK);
    if (mark.isEmpty()) {
      for (String name : List.of("scripts/", "scripts.bundle"))
        if (sync.holds(name))
          throw new Behind(
              "那里已有 " + name + "，却没有 scripts.commit，可能是别人的：不覆盖。请换一个目录，或在那里移走它",
              name
                  + " is there without a scripts.commit and may be somebody else's: it is not"
                  + " overwritten. Name another folder, or move it away there");
      return false;
    }
    String commit = mark.get().strip().split("\\s+", 2)[0];
    if (!ObjectId.isId(commit)
        || !Ancestry.isCommit(store.repository(), ObjectId.fromString(commit))) {
      String known = commit.substring(0, Math.min(10, commit.length()));
      throw new Behind(
          "那里的 scripts.commit 是 " + known + "，这个脚本库没有它：不覆盖",
          "its scripts.commit says "
              + known
              + ", which this library does not have: it is not overwritten");
    }
    Replaceable replaceable = new Replaceable(store.repository(), table);
    for (String line : sync.read(BRANCHES).orElse("").lines().toList()) {
      Matcher branch = BRANCH.matcher(line);
      if (!branch.matches())
        throw new Behind(
            "那里的 scripts.refs 不是 Fettle 写的：不覆盖",
            "its scripts.refs is not as Fettle writes it: it is not overwritten");
      ObjectId there = ObjectId.fromString(branch.group(1));
      ObjectId here = refs.getOrDefault(branch.group(2), ObjectId.zeroId());
      if (!replaceable.by(branch.group(2), there, here))
        throw Replaceable.not(branch.group(2), there, 0);
    }
    return true;
  }

  private void bundle(Path file, Map<String, ObjectId> refs) throws IOException {
    BundleWriter writer = new BundleWriter(store.repository());
    refs.forEach((ref, id) -> {
      if (GitMirror.isOurs(ref)) writer.include(ref, id);
    });
    ObjectId main = refs.get(Store.MAIN);
    if (main != null) writer.include(Constants.HEAD, main);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      writer.writeBundle(NullProgressMonitor.INSTANCE, out);
    }
  }

  /** One rsync after the other to one target. */
  private record Sync(
      String program,
      MirrorAddress address,
      Optional<String> secret,
      @org.jspecify.annotations.Nullable OpenSsh ssh,
      Path folder) {
    String target(String name) {
      String user = address.user().isEmpty() ? "" : address.user() + "@";
      String base = address.path().endsWith("/") ? address.path() : address.path() + "/";
      if (ssh != null) return user + address.host() + ":" + base + name;
      String port = address.port() < 0 ? "" : ":" + address.port();
      return "rsync://" + user + address.host() + port + base + name;
    }

    void run(String... words) throws IOException, Behind {
      if (exit(words) != 0) throw Behind.says(words());
    }

    void put(String name, String text) throws IOException, Behind {
      run("-t", Files.writeString(folder.resolve(name), text).toString(), target(""));
    }

    /** A small file there; empty when it surely is missing. */
    Optional<String> read(String name) throws IOException, Behind {
      Path seen = folder.resolve("seen");
      Files.deleteIfExists(seen);
      int exit = exit("-t", "--max-size=" + LARGEST, target(name), seen.toString());
      if (exit == 0 && Files.exists(seen))
        return Optional.of(Files.readString(seen, StandardCharsets.ISO_8859_1));
      if (exit == 0)
        throw new Behind(
            "那里的 " + name + " 不是普通文件，或过大", name + " there is no plain file, or too large");
      if (isMissing(exit)) return Optional.empty();
      throw Behind.says(words());
    }

    /** Whether there is such a file, or anything in such a folder. */
    boolean holds(String name) throws IOException, Behind {
      int exit = exit("--list-only", target(name));
      if (isMissing(exit)) return false;
      if (exit != 0) throw Behind.says(words());
      return LISTED.matcher(said()).results().anyMatch(line -> !line.group(1).equals("."));
    }

    /** The same exit says that something may not be read, which is not the same as missing. */
    private boolean isMissing(int exit) throws IOException {
      String missing = "failed: No such file or directory (2)";
      String rest = said().replace(missing, "");
      return exit == PARTIAL && rest.length() < said().length() && !rest.contains("failed:");
    }

    int exit(String... words) throws IOException, Behind {
      List<String> command = new ArrayList<>(List.of(program, "--timeout=120"));
      if (ssh != null) command.addAll(List.of("-s", "-e", ssh.line(address.port())));
      command.addAll(List.of(words));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("words").toFile());
      builder.environment().clear();
      builder.environment().put("PATH", "/usr/bin:/bin");
      builder.environment().put("LANG", "C");
      if (ssh == null) secret.ifPresent(s -> builder.environment().put("RSYNC_PASSWORD", s));
      Process process = builder.start();
      try {
        if (process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) return process.exitValue();
        process.destroyForcibly();
        throw new Behind(
            "rsync 超过 " + LIMIT_MINUTES + " 分钟",
            "rsync took longer than " + LIMIT_MINUTES + " minutes");
      } catch (InterruptedException e) {
        process.destroy();
        Thread.currentThread().interrupt();
        throw new Behind("被中断", "interrupted");
      }
    }

    private String said() throws IOException {
      try (InputStream words = Files.newInputStream(folder.resolve("words"))) {
        return new String(words.readNBytes(LARGEST), StandardCharsets.ISO_8859_1);
      }
    }

    String words() throws IOException {
      String all = said().strip();
      return all.length() <= MOST_WORDS ? all : all.substring(all.length() - MOST_WORDS);
    }
  }
}
