package io.fettle.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Role;
import io.fettle.support.TestServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Machines of a server's register that are addresses of one real sshd, with a key for them. */
public final class Fleet {
  private Fleet() {}

  /**
   * Listens on so many addresses of a network such as {@code 127.0.76}, from 1 on; at most 15.
   *
   * @param config further lines of sshd_config
   */
  public static RealSshd sshd(String network, int count, String... config) {
    return RealSshd.start(
        Stream.concat(
                Stream.of(config),
                IntStream.rangeClosed(1, count).mapToObj(i -> "ListenAddress " + network + "." + i))
            .toArray(String[]::new));
  }

  /** Puts machines into the register. */
  public static void register(Imports imports, String csv) throws IOException {
    Path file = Files.createTempFile("fleet", ".csv");
    Files.writeString(file, csv);
    imports.apply(file, "fleet.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
  }

  /** Has the server log in with the sshd's key, as this user, on the machines of this query. */
  public static void key(TestServer server, RealSshd sshd, String name, String user, String query) {
    Map<String, Object> credential =
        Map.of(
            "kind",
            "ssh-key",
            "name",
            name,
            "user",
            user,
            "secret",
            new String(sshd.key()),
            "for",
            query);
    Answer answer = server.post(Role.ADMINISTRATOR, "/api/v1/credentials", credential);
    assertThat(answer.status()).as(answer.body()).isLessThan(300);
  }
}
