package io.fettle.transport.ipmi;

/** What to say in a session. */
@FunctionalInterface
public interface IpmiTalk<T> {
  T with(IpmiSession session) throws IpmiFailure;
}
