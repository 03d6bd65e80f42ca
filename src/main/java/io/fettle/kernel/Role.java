package io.fettle.kernel;

/** What a person or token may do. An owner sees only the machines of their teams. */
public enum Role {
  ADMINISTRATOR,
  OPERATOR,
  OWNER,
  AUDITOR
}
