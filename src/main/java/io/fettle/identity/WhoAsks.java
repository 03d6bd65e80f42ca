package io.fettle.identity;

import io.fettle.identity.PersonTable.Account;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Viewer;
import io.fettle.web.CurrentViewer;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/** From a session or a token to the viewer, and from the running request to its viewer. */
@Component
class WhoAsks implements CurrentViewer {
  private final PersonTable people;
  private final TokenRegister tokens;
  private final LastKnown lastKnown;

  WhoAsks(PersonTable people, TokenRegister tokens, LastKnown lastKnown) {
    this.people = people;
    this.tokens = tokens;
    this.lastKnown = lastKnown;
  }

  @Override
  public Optional<Viewer> viewer() {
    return SecurityContextHolder.getContext().getAuthentication() instanceof SignedIn signedIn
        ? Optional.of(signedIn.viewer())
        : Optional.empty();
  }

  @Override
  public Supplier<Optional<Viewer>> later() {
    return SecurityContextHolder.getContext().getAuthentication() instanceof SignedIn signedIn
        ? signedIn.again()
        : Optional::empty;
  }

  /** The person of a session; empty when disabled or when the password changed since. */
  Optional<Viewer> of(Session session) {
    String key = session.person() + "/" + session.passwordVersion();
    return lastKnown.or(key, () -> people.account(session.person()).flatMap(a -> of(session, a)));
  }

  /** Who a bearer token speaks for. */
  Optional<Viewer> ofToken(String text) {
    if (!text.startsWith(TokenRegister.PREFIX) || text.length() > 100) return Optional.empty();
    String key = HexFormat.of().formatHex(Hash.of(text));
    return lastKnown.or(key, () -> tokens.viewer(text));
  }

  private static Optional<Viewer> of(Session session, Account account) {
    Person person = account.person();
    if (person.disabledAt() != null || account.passwordVersion() != session.passwordVersion())
      return Optional.empty();
    Actor actor = new Actor(Actor.Kind.PERSON, person.name());
    return Optional.of(new Viewer(actor, person.roles(), new HashSet<>(person.teams())));
  }
}
