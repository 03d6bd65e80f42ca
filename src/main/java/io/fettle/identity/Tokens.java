package io.fettle.identity;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Page;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Front door of the API tokens. */
public interface Tokens {
  /**
   * Makes a token. A person gives no more than they have; a token of theirs loses what they lose.
   *
   * @param teams for role OWNER, among the person's own; an administrator may give any
   * @throws io.fettle.kernel.Problem 403 for a role the viewer does not hold, 422 for bad input
   */
  NewToken create(String name, Role role, Set<String> teams, Instant expires, Viewer by);

  /**
   * Tokens that are not revoked, newest first: all for an administrator, else the viewer's own.
   *
   * @param cursor the {@code next} of the page before; null for the first
   */
  Page<Token> page(@Nullable String cursor, int limit, Viewer by);

  /**
   * True when one person may stand behind both: a token counts as everybody who made a token of its
   * name. For what needs a second person: one's own program is none.
   *
   * @param others actors as {@link io.fettle.kernel.Actor#toString} writes them
   */
  boolean mayBeOne(Actor actor, Collection<String> others);

  /** Ends a token; 404 when there is none that this viewer may end. */
  void revoke(UUID id, Viewer by);

  /** A token at its birth: the only time its text is known. */
  record NewToken(Token token, String text) {
    @Override
    public String toString() {
      return "NewToken[" + token.name() + "]";
    }
  }
}
