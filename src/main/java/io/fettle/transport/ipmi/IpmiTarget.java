package io.fettle.transport.ipmi;

import io.fettle.kernel.Endpoint;

/** A management card and the account to use. {@code toString} shows no password. */
public record IpmiTarget(Endpoint endpoint, String user, char[] password) {
  @Override
  public String toString() {
    return user + "@" + endpoint;
  }
}
