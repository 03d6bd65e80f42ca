package io.fettle.batch;

import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What a job fetched as one archive, written as it is read: {@code MACHINE/path/on/it}. What is
 * gone from Fettle's own disk is named in {@value #LACKING} in it, and the others still come.
 */
record FilesZip(Jobs jobs, FileStore store) {
  static final String LACKING = "LACKING.txt";

  private static final int PAGE = 200;

  /** Machines that the viewer may see, in the order of the list. */
  void write(JobId job, Viewer viewer, OutputStream to) throws IOException {
    Set<String> used = new HashSet<>();
    StringBuilder lacking = new StringBuilder();
    String cursor = null;
    ZipOutputStream zip = new ZipOutputStream(to, StandardCharsets.UTF_8);
    zip.setLevel(Deflater.BEST_SPEED);
    do {
      Page<Jobs.Fetched> page = jobs.files(job, cursor, PAGE, viewer);
      for (Jobs.Fetched file : page.items()) {
        String name = place(file.name(), file.path());
        if (!used.add(name)) name = place(file.name() + "-" + file.no(), file.path());
        Path content = store.file(file.sha256());
        if (Files.exists(content)) {
          zip.putNextEntry(new ZipEntry(name));
          Files.copy(content, zip);
          zip.closeEntry();
        } else lacking.append(file.sha256()).append("  ").append(name).append('\n');
      }
      cursor = page.next();
    } while (cursor != null);
    if (!lacking.isEmpty()) {
      zip.putNextEntry(new ZipEntry(LACKING));
      zip.write(lacking.toString().getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    }
    zip.finish();
  }

  /** Names come from machines and from the register: none may lead out of the folder. */
  static String place(String machine, String path) {
    return Stream.concat(Stream.of(machine.replace('/', '_')), Stream.of(path.split("/")))
        .map(FilesZip::safe)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("/"));
  }

  private static String safe(String part) {
    String clean = part.replaceAll("[\\\\:\\p{Cntrl}]", "_");
    return clean.matches("\\.{1,2}") ? "_" : clean;
  }
}
