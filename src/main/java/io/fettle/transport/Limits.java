package io.fettle.transport;

import io.fettle.kernel.Endpoint;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many conversations at once: per target, per subnet (/24, or /64 for IPv6) and overall. A
 * caller waits a bounded time, narrowest limit first, so that a crowd before one slow target holds
 * nobody else's place. Memory is bounded by the callers inside.
 */
public final class Limits {
  /**
   * The widths.
   *
   * @param patience longest wait for a place, over all three limits
   */
  public record Widths(int overall, int perSubnet, int perTarget, Duration patience) {
    public Widths {
      if (overall < 1 || perSubnet < 1 || perTarget < 1)
        throw new IllegalArgumentException("limits must be at least 1");
    }
  }

  private static final class Gate {
    private final Semaphore places;
    private int users;

    private Gate(int width) {
      places = new Semaphore(width, true);
    }
  }

  private final Widths widths;
  private final Semaphore overall;
  private final Map<String, Gate> gates = new ConcurrentHashMap<>();

  public Limits(Widths widths) {
    this.widths = widths;
    this.overall = new Semaphore(widths.overall(), true);
  }

  /** A place inside; closing it gives it back. Close once. */
  public interface Pass extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for a place; empty when there was none in time: the caller is told BUSY. */
  public Optional<Pass> enter(Endpoint endpoint) {
    long end = System.nanoTime() + widths.patience().toNanos();
    String target = "target " + endpoint.host();
    String subnet = "subnet " + subnet(endpoint.host());
    if (!take(target, widths.perTarget(), end)) return Optional.empty();
    if (!take(subnet, widths.perSubnet(), end)) {
      give(target);
      return Optional.empty();
    }
    if (!acquire(overall, end)) {
      give(subnet);
      give(target);
      return Optional.empty();
    }
    return Optional.of(() -> {
      overall.release();
      give(subnet);
      give(target);
    });
  }

  /** Conversations going on now. */
  public int inside() {
    return widths.overall() - overall.availablePermits();
  }

  private boolean take(String name, int width, long end) {
    Gate gate =
        gates.compute(
            name,
            (_, old) -> {
              Gate g = old == null ? new Gate(width) : old;
              g.users++;
              return g;
            });
    if (gate != null && acquire(gate.places, end)) return true;
    leave(name, false);
    return false;
  }

  private void give(String name) {
    leave(name, true);
  }

  private void leave(String name, boolean held) {
    gates.computeIfPresent(
        name,
        (_, gate) -> {
          if (held) gate.places.release();
          gate.users--;
          return gate.users == 0 ? null : gate;
        });
  }

  private static boolean acquire(Semaphore places, long end) {
    try {
      return places.tryAcquire(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The network part of a literal address; a name is a subnet of its own. */
  static String subnet(String host) {
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      int bytes = address instanceof Inet4Address ? 3 : 8;
      return HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), bytes));
    } catch (IllegalArgumentException e) {
      return host;
    }
  }
}
