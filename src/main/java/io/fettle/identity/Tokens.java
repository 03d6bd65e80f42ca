package io.fettle.identity;

import io.fettle.kernel.Page;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Instant;
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
   * Who made the tokens of this name, also those that ended: the actors that may stand behind what
   * a token of this name did.
   */
  Set<String> makers(String name);

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
