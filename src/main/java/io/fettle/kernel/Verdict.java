package io.fettle.kernel;

/** What one check says of one machine at one slot. UNKNOWN is neither good nor bad. */
public enum Verdict {
  OK,
  BAD,
  UNKNOWN
}
