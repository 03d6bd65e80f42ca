package io.fettle.web;

import io.fettle.kernel.Viewer;
import java.util.Optional;

/** The plug point by which the room that signs people in tells every page who asks. */
public interface CurrentViewer {
  /** Who makes the request this thread serves; empty before sign-in. */
  Optional<Viewer> viewer();
}
