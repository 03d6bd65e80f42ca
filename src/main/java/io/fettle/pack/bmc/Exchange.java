package io.fettle.pack.bmc;

import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import java.util.Arrays;
import java.util.List;

/** One command and what the card said. */
record Exchange(IpmiRequest request, IpmiAnswer answer) {
  boolean asked(IpmiRequest other) {
    return request.netFn() == other.netFn()
        && request.command() == other.command()
        && Arrays.equals(request.data(), other.data());
  }

  /** As a story shows it. */
  List<String> lines() {
    return List.of("→ " + request, "← " + answer);
  }

  static List<String> lines(List<Exchange> all) {
    return all.stream().flatMap(e -> e.lines().stream()).toList();
  }
}
