package io.fettle.library;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * Git without this machine's Git settings: what a person's {@code ~/.gitconfig} says must not
 * change what Fettle accepts, and JGit is not to run programs or write files to find it.
 */
final class OwnSystem extends SystemReader.Delegate {
  private OwnSystem(SystemReader system) {
    super(system);
  }

  static synchronized void install() {
    // JGit measures how fine the file system's times are, for seconds: nobody waits for that.
    FS.FileStoreAttributes.setBackground(true);
    if (!(SystemReader.getInstance() instanceof OwnSystem))
      SystemReader.setInstance(new OwnSystem(SystemReader.getInstance()));
  }

  @Override
  public FileBasedConfig openUserConfig(Config parent, FS fs) {
    return new Nothing(parent, fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(Config parent, FS fs) {
    return new Nothing(parent, fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(Config parent, FS fs) {
    return new Nothing(parent, fs);
  }

  /** Settings that are in no file. */
  private static final class Nothing extends FileBasedConfig {
    Nothing(Config parent, FS fs) {
      super(parent, null, fs);
    }

    @Override
    public void load() {
      // There is nothing to read.
    }

    @Override
    public void save() {
      // What JGit measures of the file system stays in memory.
    }

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
