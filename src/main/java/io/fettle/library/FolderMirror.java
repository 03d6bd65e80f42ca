package io.fettle.library;

import io.fettle.library.MirrorWork.Behind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.BundleWriter;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Brings a folder elsewhere, by rsync, to what this library has: {@code scripts/} with the files of
 * main, {@code scripts.bundle} with all history (any {@code git clone} reads it), and {@code
 * scripts.commit}, written last, which says what main was. A folder whose {@code scripts.commit}
 * this library does not know is somebody else's copy, or this one's from before a loss, and is left
 * alone.
 */
@Component
class FolderMirror {
  private static final long LIMIT_MINUTES = 10;
  private static final int NOT_THERE = 23;
  private static final int MOST_WORDS = 500;

  private final Store store;
  private final Export export;

  FolderMirror(Store store, Export export) {
    this.store = store;
    this.export = export;
  }

  void bring(
      String name, MirrorAddress address, Optional<String> secret, Map<String, ObjectId> refs)
      throws IOException, Behind {
    String rsync =
        Programs.find("rsync")
            .orElseThrow(
                () -> new Behind("there is no rsync on this machine: apt-get install rsync"));
    Path folder = store.folder().resolve("mirror").resolve(name);
    FileSystemUtils.deleteRecursively(folder);
    Files.createDirectories(folder);
    try (OpenSsh ssh = address.overSsh() ? ssh(secret) : null) {
      Sync sync = new Sync(rsync, address, secret, ssh, folder);
      checkTarget(sync);
      ObjectId main = refs.getOrDefault(Store.MAIN, ObjectId.zeroId());
      if (!export.current().equals(Optional.of(main.name())))
        throw new Behind("the export is not at main yet");
      sync.run("-rlpt", "--delete-delay", export.folder() + "/", sync.target("scripts/"));
      Path bundle = folder.resolve("scripts.bundle");
      bundle(bundle, refs);
      sync.run("-t", bundle.toString(), sync.target(""));
      Path mark = folder.resolve("scripts.commit");
      Files.writeString(mark, main.name() + "\n");
      sync.run("-t", mark.toString(), sync.target(""));
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private OpenSsh ssh(Optional<String> secret) throws IOException, Behind {
    return new OpenSsh(
        store.folder(), secret.orElseThrow(() -> new Behind("it has no private key")));
  }

  private void checkTarget(Sync sync) throws IOException, Behind {
    Path seen = sync.folder().resolve("seen");
    if (sync.exit("-t", sync.target("scripts.commit"), seen.toString()) == NOT_THERE) return;
    if (!Files.exists(seen)) throw new Behind(sync.words());
    String commit = Files.size(seen) < 100 ? Files.readString(seen).strip() : "";
    if (!ObjectId.isId(commit)
        || !Ancestry.isCommit(store.repository(), ObjectId.fromString(commit)))
      throw new Behind(
          "its scripts.commit says "
              + commit.substring(0, Math.min(10, commit.length()))
              + ", which this library does not have: it is not overwritten");
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
      if (exit(words) != 0) throw new Behind(words());
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
        throw new Behind("rsync took longer than " + LIMIT_MINUTES + " minutes");
      } catch (InterruptedException e) {
        process.destroy();
        Thread.currentThread().interrupt();
        throw new Behind("interrupted");
      }
    }

    String words() throws IOException {
      String all = Files.readString(folder.resolve("words"), StandardCharsets.ISO_8859_1).strip();
      return all.length() <= MOST_WORDS ? all : all.substring(all.length() - MOST_WORDS);
    }
  }
}
