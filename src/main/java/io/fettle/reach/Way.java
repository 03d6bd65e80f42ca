package io.fettle.reach;

/** A way to a machine that needs a credential. */
public enum Way {
  /** Its operating system over SSH. */
  SSH,
  /** Its management card over the network. */
  CARD
}
