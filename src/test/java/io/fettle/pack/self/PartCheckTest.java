package io.fettle.pack.self;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.monitoring.check.Visit;
import io.fettle.support.WholeProcess;
import io.fettle.web.HealthPart;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

class PartCheckTest {
  @Test
  void aPartThatHangsIsNotAskedAgainBeforeItHasAnswered() throws Exception {
    CountDownLatch share = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    DefaultListableBeanFactory parts = new DefaultListableBeanFactory();
    parts.registerSingleton("library", part(share, asked));
    StoreCheck check = new StoreCheck(parts.getBeanProvider(HealthPart.class));

    for (int visit = 0; visit < 3; visit++) abandoned(check);
    assertThat(asked).hasValue(1);

    share.countDown();
    WholeProcess.await(
        "it is asked anew once it has answered",
        Duration.ofSeconds(5),
        () -> {
          abandoned(check);
          return asked.get() > 1;
        });
  }

  /** A visit that gives up at once. */
  private static void abandoned(StoreCheck check) {
    Visit unasked =
        (Visit)
            Proxy.newProxyInstance(
                Visit.class.getClassLoader(),
                new Class<?>[] {Visit.class},
                (proxy, method, words) -> {
                  throw new IllegalStateException(method.getName());
                });
    Thread visit = Thread.ofVirtual().unstarted(() -> check.judge(unasked));
    visit.start();
    try {
      visit.join(Duration.ofMillis(200));
      visit.interrupt();
      visit.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HealthPart part(CountDownLatch share, AtomicInteger asked) {
    return new HealthPart() {
      @Override
      public String name() {
        return "library";
      }

      @Override
      public State check() {
        asked.incrementAndGet();
        try {
          share.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        return State.fine("好", "fine");
      }
    };
  }
}
