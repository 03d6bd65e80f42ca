package io.fettle.support;

import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;

/** A database that is as a test says. */
public final class FakeDatabase implements DatabaseState {
  public volatile boolean up = true;

  @Override
  public boolean up() {
    return up;
  }

  @Override
  public boolean answers() {
    return up;
  }

  @Override
  public Label why() {
    return Label.same("as the test says");
  }
}
