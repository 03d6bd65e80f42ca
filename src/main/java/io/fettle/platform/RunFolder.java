package io.fettle.platform;

import io.fettle.kernel.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * {@code FETTLE_HOME/run}: what this process tells the launcher. {@code state} holds one line:
 * {@code starting WHAT}, {@code ready ADDRESS}, {@code failed SENTENCE} or {@code stopped}.
 */
record RunFolder(Path folder) {
  static RunFolder in(Path home) {
    return new RunFolder(home.resolve("run"));
  }

  void begin() throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(folder.resolve("fingerprint"));
    put("pid", "" + ProcessHandle.current().pid());
  }

  void say(String state) {
    try {
      put("state", state.replaceAll("\\s+", " "));
    } catch (IOException e) {
      System.err.println("fettle: " + state);
    }
  }

  /** The address as a person types it. */
  void ready(PlatformSettings settings, int port) {
    String host = settings.listen();
    boolean any = host.equals("0.0.0.0") || host.equals("::");
    String scheme = Web.needsTls(settings) ? "https" : "http";
    say("ready " + scheme + "://" + new Endpoint(any ? "127.0.0.1" : host, port) + "/");
  }

  /** What a person compares before trusting a certificate that Fettle made. */
  void fingerprint(String sha256) {
    try {
      put("fingerprint", sha256);
    } catch (IOException e) {
      throw new StartRefused("Cannot write " + folder + " (" + e + ").", e);
    }
  }

  /** Says so, unless the last word was a refusal that a person has yet to read. */
  void stopped() {
    try {
      if (Files.readString(folder.resolve("state")).startsWith("failed ")) return;
    } catch (IOException e) {
      return;
    }
    say("stopped");
  }

  private void put(String name, String line) throws IOException {
    Path fresh = folder.resolve(name + ".new");
    Files.writeString(fresh, line + "\n");
    Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
