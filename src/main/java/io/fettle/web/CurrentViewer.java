package io.fettle.web;

import io.fettle.kernel.Viewer;
import java.util.Optional;
import java.util.function.Supplier;

/** The plug point by which the room that signs people in tells every page who asks. */
public interface CurrentViewer {
  /** Who makes the request this thread serves; empty before sign-in. */
  Optional<Viewer> viewer();

  /**
   * For an answer that goes on for long: who made this request, looked up anew on any thread. Empty
   * once the token is revoked or expired, or the person may no longer.
   */
  Supplier<Optional<Viewer>> later();
}
