package io.fettle.library;

import io.fettle.identity.People;
import io.fettle.identity.Person;
import io.fettle.identity.Tokens;
import io.fettle.kernel.Page;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Whether a change needs another person before main moves, and who is another person. */
@Component
class Review {
  private static final int PAGE = 500;

  private final LibrarySettings settings;
  private final People people;
  private final Tokens tokens;

  Review(LibrarySettings settings, People people, Tokens tokens) {
    this.settings = settings;
    this.people = people;
    this.tokens = tokens;
  }

  /** True when nobody moves main alone. */
  boolean required() {
    return switch (settings.review()) {
      case REQUIRED -> true;
      case OFF -> false;
      case AUTO -> reviewers() > 1;
    };
  }

  /** Those who may sign in and merge. */
  private long reviewers() {
    long count = 0;
    @Nullable String cursor = null;
    do {
      Page<Person> page = people.page(cursor, PAGE);
      count += page.items().stream().filter(Review::mayReview).count();
      cursor = page.next();
    } while (cursor != null && count < 2);
    return count;
  }

  private static boolean mayReview(Person person) {
    return person.disabledAt() == null
        && (person.roles().contains(Role.OPERATOR) || person.roles().contains(Role.ADMINISTRATOR));
  }

  /** True when none of these moved the branch in this viewer's name, nor a program of theirs. */
  boolean isAnother(Viewer viewer, List<String> movers) {
    return !tokens.mayBeOne(viewer.actor(), movers);
  }
}
