package io.fettle.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Brings the files that a job fetched into a folder here, each compared by its checksum. */
final class Fetching {
  private Fetching() {}

  /**
   * All of them, to {@code folder/MACHINE/NAME}. What lies there already is never written over.
   *
   * @return how many there are now
   */
  static int all(Server server, String job, Path folder, boolean json) {
    int here = 0;
    String cursor = "";
    String path = "jobs/" + Server.encode(job);
    do {
      Json page = server.get(path + "/files", "cursor", cursor, "limit", "500").json();
      for (Json file : page.rows()) {
        Path place = place(folder, file);
        server.download(
            path + "/items/" + file.get("no").text() + "/file", file.get("sha256").text(), place);
        if (!json) Order.terminal().line(place.toString());
        here++;
      }
      cursor = page.get("next").text();
    } while (!cursor.isEmpty());
    return here;
  }

  /** Names come from machines and from the register: none may lead out of the folder. */
  private static Path place(Path folder, Json file) {
    String remote = file.get("path").text();
    String name = safe(remote.substring(remote.lastIndexOf('/') + 1));
    Path under = folder.resolve(safe(file.get("name").text()));
    Path place = under.resolve(name);
    try {
      Files.createDirectories(under);
      if (Files.exists(place)) throw new FileAlreadyExistsException(place.toString());
      return place;
    } catch (FileAlreadyExistsException e) {
      throw Refused.because(
          Words.say(
              place + " 已存在，不会覆盖：请换一个目录",
              place + " exists already and is not written over: name another folder"));
    } catch (IOException e) {
      throw Refused.because(
          Words.say("写不了 " + under + "：" + e, "cannot write " + under + ": " + e));
    }
  }

  private static String safe(String name) {
    String clean = name.replaceAll("[/\\\\\\p{Cntrl}]", "_");
    return clean.isBlank() || clean.matches("\\.{1,2}") ? "_" : clean;
  }
}
