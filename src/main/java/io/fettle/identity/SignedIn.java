package io.fettle.identity;

import io.fettle.kernel.Viewer;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** Spring Security's word for "this request is made by that viewer"; lives for one request. */
final class SignedIn extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1L;

  private final transient Viewer viewer;

  SignedIn(Viewer viewer) {
    super(List.of());
    this.viewer = viewer;
    setAuthenticated(true);
  }

  Viewer viewer() {
    return viewer;
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
