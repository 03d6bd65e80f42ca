package io.fettle.library;

import io.fettle.kernel.Role;
import io.fettle.support.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** How long the real {@code git} takes: {@code -Dtest=LibraryBench}. */
@LibraryTest
class LibraryBench {
  private static final int SCRIPTS = 1_000;
  private static final int PUSHES = 30;

  @Autowired private TestServer server;
  @TempDir Path folder;

  @Test
  void aThousandScripts() throws IOException {
    Git somebody = new Git(folder, folder, server.token(Role.ADMINISTRATOR));
    String url = server.uri("/git/scripts.git").toString();
    somebody.ok("clone", "-q", url, "mine");
    Git git = somebody.in(folder.resolve("mine"));
    for (int i = 0; i < SCRIPTS; i++) {
      Path file = git.folder().resolve("d" + i / 50 + "/s" + i + ".sh");
      Files.createDirectories(file.getParent());
      Files.writeString(file, "#!/bin/sh\n" + ("echo " + i + "\n").repeat(100));
    }
    git.ok("add", "-A");
    git.ok("commit", "-q", "-m", "a thousand");
    say("push of 1,000 scripts", took(() -> main(git)), List.of());
    List<Long> pushes = new ArrayList<>();
    for (int i = 0; i < PUSHES; i++) {
      git.commit("d0/s0.sh", "echo " + i + "\n");
      pushes.add(took(() -> main(git)));
    }
    say("push of one change", 0, pushes);
    List<Long> clones = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String name = "clone" + i;
      clones.add(took(() -> somebody.ok("clone", "-q", url, name)));
    }
    say("clone of 1,000 scripts", 0, clones);
    List<Long> asks = new ArrayList<>();
    for (int i = 0; i < 20; i++) asks.add(took(() -> git.ok("ls-remote", "origin", "main")));
    say("ls-remote", 0, asks);
  }

  private static void main(Git git) {
    git.ok("push", "-q", "-o", "reason=a measurement", "origin", "HEAD:main");
  }

  private static long took(Runnable deed) {
    long began = System.nanoTime();
    deed.run();
    return (System.nanoTime() - began) / 1_000_000;
  }

  private static void say(String what, long once, List<Long> times) {
    Collections.sort(times = new ArrayList<>(times));
    System.out.println(
        "BENCH "
            + what
            + ": "
            + (times.isEmpty()
                ? once + " ms"
                : "median %d ms, worst %d ms of %d"
                    .formatted(times.get(times.size() / 2), times.getLast(), times.size())));
  }
}
