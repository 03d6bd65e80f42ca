package io.fettle.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Changed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LiveConnectionTest {
  private final LiveConnection operator = new LiveConnection(1, "person:ann", "s1", true);

  @Test
  void tellsAThingThatChangesOftenOnce() throws InterruptedException {
    for (int i = 0; i < 1_000; i++) operator.offer(new Changed("fault", "12"));

    assertThat(operator.take(Duration.ofSeconds(1))).containsExactly("fault:12");
    assertThat(operator.take(Duration.ZERO)).isEmpty();
  }

  @Test
  void saysEverythingBeyondItsBound() throws InterruptedException {
    for (int i = 0; i < 10 * LiveConnection.BOUND; i++)
      operator.offer(new Changed("fault", "" + i));

    assertThat(operator.take(Duration.ofSeconds(1))).containsExactly("*");
  }

  @Test
  void anOwnerIsNotToldIds() throws InterruptedException {
    LiveConnection owner = new LiveConnection(2, "person:bob", "s2", false);

    owner.offer(new Changed("machine", "0198-secret"));

    assertThat(owner.take(Duration.ofSeconds(1))).containsExactly("machine");
  }

  @Test
  void closingEndsTheWait() throws Exception {
    Thread closer =
        Thread.ofVirtual()
            .start(() -> {
              while (!operator.closed()) operator.close();
            });

    assertThat(operator.take(Duration.ofMinutes(5))).isEmpty();
    closer.join();
    operator.offer(new Changed("fault", "1"));
    assertThat(operator.take(Duration.ZERO)).isEmpty();
  }
}
