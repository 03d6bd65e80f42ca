package io.fettle.pack.bmc;

import io.fettle.remediation.action.ActionContext;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a NIC mode is to become. To put back what was there the very bytes are given too, for
 * several mean the same mode, and the mode that somebody else must not have changed meanwhile.
 *
 * @param exact bytes as the card told them before; empty for those that the dialect writes
 * @param onlyFrom the mode that it must have now; empty for any
 */
record NicGoal(NicMode mode, Optional<byte[]> exact, Optional<NicMode> onlyFrom) {
  private static final HexFormat HEX = HexFormat.of();

  /** From an action's parameters; empty when they cannot be read. */
  static Optional<NicGoal> of(ActionContext context) {
    Optional<NicMode> mode = NicMode.of(text(context, "mode"));
    String from = text(context, "only_from");
    String exact = text(context, "exact");
    if (!exact.matches("([0-9a-f]{2}){0,4}")) return Optional.empty();
    if (!from.isEmpty() && NicMode.of(from).isEmpty()) return Optional.empty();
    Optional<byte[]> bytes = exact.isEmpty() ? Optional.empty() : Optional.of(HEX.parseHex(exact));
    return mode.map(m -> new NicGoal(m, bytes, NicMode.of(from)));
  }

  private static String text(ActionContext context, String name) {
    return Objects.toString(context.params().get(name), "");
  }

  /** The bytes to write; empty when the given ones mean something else to this card. */
  Optional<byte[]> setting(NicDialect dialect) {
    return exact.isEmpty()
        ? Optional.of(dialect.setting(mode))
        : exact.filter(bytes -> dialect.takes(bytes, mode));
  }

  boolean isMet(NicMode now, byte[] setting) {
    return exact.isEmpty() ? now == mode : Arrays.equals(exact.get(), setting);
  }

  /** The parameters that put this back once it was changed to the goal. */
  Map<String, Object> wayBack(NicMode now, byte[] setting) {
    return Map.of("mode", now.word(), "exact", HEX.formatHex(setting), "only_from", mode.word());
  }
}
