package io.fettle.fault;

import io.fettle.cmdb.Register;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;

/**
 * Keeps the copies of asset number, place and team on faults as the register has them, by its
 * change feed.
 */
@Component
class Placement {
  private static final int PAGE = 500;
  private static final int MOST_PAGES = 20;

  private final Register register;
  private final FaultTable faults;
  private final FeedMarkTable mark;

  Placement(Register register, FaultTable faults, FeedMarkTable mark) {
    this.register = register;
    this.faults = faults;
    this.mark = mark;
  }

  void follow() {
    OptionalLong last = mark.get();
    if (last.isEmpty()) {
      mark.put(register.feedEnd());
      return;
    }
    long feedNo = last.getAsLong();
    for (int page = 0; page < MOST_PAGES; page++) {
      Register.Feed feed = register.changesAfter(feedNo, PAGE);
      if (feed.upTo() <= feedNo) return;
      faults.place(register.cards(faults.known(feed.assets())).values());
      mark.put(feed.upTo());
      feedNo = feed.upTo();
    }
  }
}
