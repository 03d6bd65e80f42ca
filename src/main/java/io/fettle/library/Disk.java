package io.fettle.library;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** Makes the names in a folder durable; JGit syncs what is in files, not that they are there. */
final class Disk {
  private Disk() {}

  /** Every folder of an object store: 256 of single objects, and the packs. */
  static void syncObjects(Path objects) throws IOException {
    try (Stream<Path> folders = Files.list(objects)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) sync(folder, folder);
    }
    sync(objects, objects);
  }

  /** The folder and those above it, up to and with {@code top}; one that is not there is passed. */
  static void sync(Path folder, Path top) throws IOException {
    for (Path each = folder; each != null && each.startsWith(top); each = each.getParent())
      if (Files.isDirectory(each))
        try (FileChannel channel = FileChannel.open(each, StandardOpenOption.READ)) {
          channel.force(true);
        }
  }
}
