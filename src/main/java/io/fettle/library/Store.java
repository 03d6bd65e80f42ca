package io.fettle.library;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fettle.kernel.CannotStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * The bare repository in {@code FETTLE_HOME/library/scripts.git}. Made whole or not at all at the
 * first start; its settings are written again at every start, so that what it accepts is what this
 * version of Fettle means.
 */
@Component
class Store implements DisposableBean {
  static final String MAIN = Constants.R_HEADS + "main";
  private static final String NAME = "scripts.git";
  private static final String README =
      """
      # 脚本库 / Script library

      这里的脚本有历史、有评审，可用 Git 和 rsync 读取，并不断镜像到别处。
      推送到任意分支，再在 Fettle 的“脚本库”页面上评审、合并到 main。

      Scripts with history and review, read over Git and rsync, mirrored off this machine all the time.
      Push to any branch, then have it reviewed and merged into main on Fettle's page "Scripts".
      """;

  private final Path folder;
  private final Clock clock;
  private final Repository repository;

  Store(Environment environment, Clock clock) {
    OwnSystem.install();
    this.clock = clock;
    folder =
        Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath().resolve("library");
    try {
      repository = open();
    } catch (IOException e) {
      throw new CannotStart(
          "The script library in "
              + folder
              + " cannot be opened ("
              + e.getMessage()
              + "); make room or put it back from a mirror.",
          e);
    }
  }

  Repository repository() {
    return repository;
  }

  /** {@code FETTLE_HOME/library}. */
  Path folder() {
    return folder;
  }

  /** Fettle itself as the author of a commit, now. */
  PersonIdent fettle() {
    return person("Fettle", "fettle");
  }

  /** Somebody as the author of a commit made on a page, now. */
  PersonIdent person(String name, String account) {
    return new PersonIdent(name, account + "@fettle", now(), ZoneOffset.UTC);
  }

  private Instant now() {
    return clock.instant();
  }

  private Repository open() throws IOException {
    Files.createDirectories(folder);
    // JGit measures the file system's clock in the first folder it is shown: one that stays.
    FS.FileStoreAttributes.get(folder);
    OpenSsh.tidy(folder);
    Path git = folder.resolve(NAME);
    if (!Files.exists(git)) make(git);
    unlock(git);
    Repository opened = bare(git);
    if (!opened.getObjectDatabase().exists()) throw new IOException(git + " is no Git repository");
    configure(opened.getConfig());
    return opened;
  }

  /** JGit's locks are files and outlive who was killed; nobody else is at work here at a start. */
  private static void unlock(Path git) throws IOException {
    try (Stream<Path> files = Files.list(git);
        Stream<Path> refs = Files.walk(git.resolve("refs"))) {
      for (Path file : (Iterable<Path>) Stream.concat(files, refs)::iterator)
        if (file.toString().endsWith(".lock") && Files.isRegularFile(file)) Files.delete(file);
    }
  }

  /** Beside its place first: a start that was killed half-way leaves no half repository. */
  private void make(Path git) throws IOException {
    Path fresh = folder.resolve(NAME + ".new");
    FileSystemUtils.deleteRecursively(fresh);
    try (Repository made = bare(fresh)) {
      made.create(true);
      configure(made.getConfig());
      RefUpdate head = made.updateRef(Constants.HEAD, true);
      head.link(MAIN);
      RefUpdate main = made.updateRef(MAIN);
      main.setExpectedOldObjectId(ObjectId.zeroId());
      main.setNewObjectId(firstCommit(made));
      main.setRefLogIdent(fettle());
      RefUpdate.Result result = main.update();
      if (result != RefUpdate.Result.NEW) throw new IOException("main: " + result);
    }
    Disk.sync(fresh.resolve("refs/heads"), fresh);
    Files.move(fresh, git, StandardCopyOption.ATOMIC_MOVE);
    Disk.sync(folder, folder);
  }

  private ObjectId firstCommit(Repository made) throws IOException {
    try (ObjectInserter inserter = made.newObjectInserter()) {
      ObjectId readme = inserter.insert(Constants.OBJ_BLOB, README.getBytes(UTF_8));
      TreeFormatter tree = new TreeFormatter();
      tree.append("README.md", FileMode.REGULAR_FILE, readme);
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(inserter.insert(tree));
      commit.setAuthor(fettle());
      commit.setCommitter(fettle());
      commit.setMessage("Begin the script library\n");
      ObjectId id = inserter.insert(commit);
      inserter.flush();
      return id;
    }
  }

  private static Repository bare(Path git) throws IOException {
    return new FileRepositoryBuilder().setBare().setGitDir(git.toFile()).build();
  }

  private static void configure(StoredConfig config) throws IOException {
    String before = config.toText();
    config.setBoolean("core", null, "fsyncObjectFiles", true);
    config.setBoolean("core", null, "fsyncRefFiles", true);
    config.setBoolean("core", null, "logAllRefUpdates", true);
    config.setString("core", null, "streamFileThreshold", "4m");
    config.setBoolean("receive", null, "fsckObjects", true);
    config.setBoolean("uploadpack", null, "allowFilter", true);
    // Packs are joined when there are many; nothing that was ever accepted is thrown away.
    config.setString("gc", null, "pruneExpire", "never");
    config.setString("gc", null, "prunePackExpire", "never");
    config.setString("gc", null, "autoPackLimit", "50");
    config.setInt("pack", null, "threads", 1);
    config.setString("pack", null, "deltaCacheSize", "8m");
    config.setString("pack", null, "windowMemory", "16m");
    if (!config.toText().equals(before)) config.save();
  }

  @Override
  public void destroy() {
    repository.close();
  }
}
