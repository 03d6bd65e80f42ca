package io.fettle.kernel;

/** How much a fault hurts, in rising order. */
public enum Severity {
  INFO,
  WARNING,
  CRITICAL
}
