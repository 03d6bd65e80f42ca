package io.fettle.identity;

import io.fettle.kernel.Viewer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** Spring Security's word for "this request is made by that viewer"; lives for one request. */
final class SignedIn extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1L;

  private final transient Viewer viewer;
  private final transient Supplier<Optional<Viewer>> again;

  /**
   * @param again looks up anew who that is, at any later time
   */
  SignedIn(Viewer viewer, Supplier<Optional<Viewer>> again) {
    super(List.of());
    this.viewer = viewer;
    this.again = again;
    setAuthenticated(true);
  }

  Viewer viewer() {
    return viewer;
  }

  Supplier<Optional<Viewer>> again() {
    return again;
  }

  @Override
  public Object getPrincipal() {
    return viewer.actor().name();
  }

  @Override
  public Object getCredentials() {
    return "";
  }
}
