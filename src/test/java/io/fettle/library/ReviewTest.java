package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.identity.NewPerson;
import io.fettle.identity.People;
import io.fettle.identity.PersonChange;
import io.fettle.identity.Tokens;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.library.LibrarySettings.Reviewing;
import io.fettle.support.FettleTest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.unit.DataSize;

/** Who is another person. */
@FettleTest
class ReviewTest {
  private static final Viewer ADMIN =
      new Viewer(new Actor(Actor.Kind.PERSON, "admin"), Set.of(Role.ADMINISTRATOR), Set.of());

  @Autowired private People people;
  @Autowired private Tokens tokens;
  @Autowired private Clock clock;

  @Test
  void whenThereIsAnotherReviewerReviewIsRequired() {
    NewPerson operator = new NewPerson("review.operator", "", Set.of(Role.OPERATOR), Set.of());
    people.create(operator, ADMIN);
    assertThat(review(Reviewing.AUTO).required()).isTrue();
    assertThat(review(Reviewing.OFF).required()).isFalse();

    people.change(
        "review.operator",
        new PersonChange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(true)),
        ADMIN);
    assertThat(review(Reviewing.REQUIRED).required()).isTrue();
  }

  @Test
  void ownTokensAreNoOtherPerson() {
    String name = "review-laptop";
    tokens.create(name, Role.OPERATOR, Set.of(), clock.instant().plusSeconds(600), ADMIN);
    Review review = review(Reviewing.AUTO);
    Viewer other = new Viewer(new Actor(Actor.Kind.PERSON, "li"), Set.of(Role.OPERATOR), Set.of());

    assertThat(review.isAnother(ADMIN, List.of("token:" + name))).isFalse();
    assertThat(review.isAnother(ADMIN, List.of("person:admin"))).isFalse();
    assertThat(review.isAnother(other, List.of("token:" + name, "person:wang"))).isTrue();
    assertThat(review.isAnother(other, List.of("person:wang", "person:li"))).isFalse();
  }

  private Review review(Reviewing when) {
    LibrarySettings settings =
        new LibrarySettings(
            when,
            DataSize.ofMegabytes(1),
            DataSize.ofMegabytes(1),
            1,
            Duration.ofMinutes(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            null);
    return new Review(settings, people, tokens);
  }
}
