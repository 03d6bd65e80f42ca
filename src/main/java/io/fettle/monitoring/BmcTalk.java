package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.reach.Reach;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ipmi.IpmiSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One BMC session shared by all checks of a visit. The session lives inside a talk on a virtual
 * thread of its own, opened at the first request and closed with the visit. Not thread-safe.
 */
final class BmcTalk implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  private final Reach reach;
  private final AssetId machine;
  private @Nullable Line line;
  private @Nullable IpmiFailure neverOpened;

  BmcTalk(Reach reach, AssetId machine) {
    this.reach = reach;
    this.machine = machine;
  }

  /** What goes to the thread that holds the session. */
  private record Ask(@Nullable IpmiRequest request, CompletableFuture<IpmiAnswer> answer) {}

  /** The thread that holds the session, and the questions on their way to it. */
  private final class Line {
    private final LinkedBlockingQueue<Ask> asks = new LinkedBlockingQueue<>(4);
    private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    private final CompletableFuture<IpmiFailure> broken = new CompletableFuture<>();

    void talk() {
      try {
        reach.ipmi(machine, this::serve);
        broken.complete(new IpmiFailure(IpmiFailure.Kind.PROTOCOL, "the session has ended"));
      } catch (IpmiFailure e) {
        broken.complete(e);
      } catch (RuntimeException e) {
        broken.complete(new IpmiFailure(IpmiFailure.Kind.PROTOCOL, "talk failed: " + e));
      }
    }

    private boolean serve(IpmiSession session) throws IpmiFailure {
      opened.complete(true);
      try {
        while (true) {
          Ask ask = asks.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
          if (ask == null || ask.request() == null) return true;
          ask.answer().complete(session.send(ask.request()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    IpmiAnswer send(IpmiRequest request) throws IpmiFailure {
      CompletableFuture<IpmiAnswer> answer = new CompletableFuture<>();
      if (!asks.offer(new Ask(request, answer)))
        throw new IpmiFailure(IpmiFailure.Kind.BUSY, "the session takes no more requests");
      try {
        CompletableFuture.anyOf(answer, broken).get(LIMIT_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IpmiFailure(IpmiFailure.Kind.AFTER_SEND, "interrupted while waiting");
      } catch (ExecutionException | TimeoutException e) {
        throw new IpmiFailure(IpmiFailure.Kind.AFTER_SEND, "no answer from the talk in time");
      }
      if (answer.isDone()) return answer.join();
      throw broken.join();
    }
  }

  /**
   * Sends in the session; opens it first. A session that could not be opened is not tried again.
   */
  IpmiAnswer send(IpmiRequest request) throws IpmiFailure {
    if (neverOpened != null) throw neverOpened;
    Line open = line;
    if (open == null) {
      open = new Line();
      line = open;
      Thread.ofVirtual().name("bmc-talk").start(open::talk);
    }
    try {
      return open.send(request);
    } catch (IpmiFailure e) {
      if (!open.opened.isDone()) neverOpened = e;
      close();
      throw e;
    }
  }

  /** Ends the session, if one is open. */
  @Override
  public void close() {
    Line open = line;
    line = null;
    if (open != null && !open.asks.offer(new Ask(null, new CompletableFuture<>())))
      open.broken.complete(new IpmiFailure(IpmiFailure.Kind.BUSY, "closed"));
  }
}
