package io.fettle.pack.bmc;

import io.fettle.kernel.AssetId;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ipmi.IpmiSession;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A way of an action to the machine's card; everything said goes to the attempt's transcript. A way
 * never throws for what a machine does.
 */
final class CardWay {
  /** Longest wait for one exec in band; the system interface is slow. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final int OUTPUT_LIMIT = 65_536;
  private static final BooleanSupplier ALWAYS = () -> true;

  private enum Route {
    IN_BAND("in band"),
    OUT_OF_BAND("out of band");

    private final String words;

    Route(String words) {
      this.words = words;
    }
  }

  private final Route route;
  private final ActionContext context;

  private CardWay(Route route, ActionContext context) {
    this.route = route;
    this.context = context;
  }

  /** Through the machine's own system interface. */
  static CardWay inBand(ActionContext context) {
    return new CardWay(Route.IN_BAND, context);
  }

  /** Over the network, with the card's assigned credential. */
  static CardWay outOfBand(ActionContext context) {
    return new CardWay(Route.OUT_OF_BAND, context);
  }

  /**
   * What came of asking.
   *
   * @param exchanges answered commands in order; stops at the first refusal
   * @param trouble why not all were answered; empty when all were
   * @param doubt true when a command may have been executed without an answer
   */
  record Heard(List<Exchange> exchanges, String trouble, boolean doubt) {
    Heard {
      exchanges = List.copyOf(exchanges);
    }

    Optional<IpmiAnswer> last() {
      return exchanges.isEmpty() ? Optional.empty() : Optional.of(exchanges.getLast().answer());
    }
  }

  /** Asks what the card is and how its port is set. */
  Survey survey() {
    Heard heard =
        switch (route) {
          case IN_BAND -> run(InBand.SURVEY, ALWAYS);
          case OUT_OF_BAND -> talk(CardWay::survey);
        };
    return new Survey(heard.exchanges());
  }

  /** Asks these commands, which change nothing, each whatever became of the one before. */
  Heard ask(List<IpmiRequest> requests) {
    return each(requests, ALWAYS);
  }

  /** Says these commands, which change something, each whatever became of the one before. */
  Heard tell(List<IpmiRequest> requests) {
    return each(requests, context::mayLeave);
  }

  private Heard each(List<IpmiRequest> requests, BooleanSupplier mayLeave) {
    return switch (route) {
      case IN_BAND -> run(InBand.ASK + InBand.asks(requests), mayLeave);
      case OUT_OF_BAND ->
          talk((session, all) -> {
            if (!mayLeave.getAsBoolean()) throw late();
            for (IpmiRequest request : requests)
              all.add(new Exchange(request, session.send(request)));
          });
    };
  }

  /** Sends these commands in order, each a single time; stops at the first that is refused. */
  Heard send(List<IpmiRequest> requests) {
    return switch (route) {
      case IN_BAND -> run(InBand.script(requests), context::mayLeave);
      case OUT_OF_BAND ->
          talk((session, all) -> {
            if (!context.mayLeave()) throw late();
            for (IpmiRequest request : requests) if (!say(session, request, all).ok()) return;
          });
    };
  }

  private static IpmiFailure late() {
    return new IpmiFailure(
        IpmiFailure.Kind.BUSY, "the lease ended before it could be sent; nothing was sent");
  }

  private Heard run(String script, BooleanSupplier mayLeave) {
    AssetId machine = context.machine().id();
    SshOutcome outcome =
        context.reach().ssh(machine, new SshCommand(script, true, LIMIT, OUTPUT_LIMIT, mayLeave));
    return switch (outcome) {
      case SshOutcome.Ran ran -> {
        InBand.Heard heard = InBand.read(ran.out());
        note(heard.exchanges(), heard.trouble());
        yield new Heard(heard.exchanges(), heard.trouble(), heard.doubt());
      }
      case SshOutcome.Failed failed -> {
        note(List.of(), failed.why());
        yield new Heard(List.of(), failed.why(), failed.maybeStarted());
      }
    };
  }

  private Heard talk(Talk talk) {
    Reach reach = context.reach();
    List<Exchange> all = new ArrayList<>();
    try {
      reach.ipmi(
          context.machine().id(),
          session -> {
            talk.with(session, all);
            return all;
          });
      note(all, "");
      return new Heard(all, "", false);
    } catch (IpmiFailure e) {
      String why = e.kind() + ": " + e.getMessage();
      note(all, why);
      return new Heard(all, why, e.kind() == IpmiFailure.Kind.AFTER_SEND);
    }
  }

  private static void survey(IpmiSession session, List<Exchange> all) throws IpmiFailure {
    for (Optional<IpmiRequest> next = new Survey(all).next();
        next.isPresent();
        next = new Survey(all).next()) all.add(new Exchange(next.get(), session.send(next.get())));
  }

  private static IpmiAnswer say(IpmiSession session, IpmiRequest request, List<Exchange> all)
      throws IpmiFailure {
    IpmiAnswer answer = session.sendOnce(request);
    all.add(new Exchange(request, answer));
    return answer;
  }

  private void note(List<Exchange> exchanges, String trouble) {
    context.transcript(route.words + ":");
    Exchange.lines(exchanges).forEach(context::transcript);
    if (!trouble.isEmpty()) context.transcript("× " + trouble);
  }

  /** What to say in a session; adds each exchange as it happens. */
  @FunctionalInterface
  private interface Talk {
    void with(IpmiSession session, List<Exchange> all) throws IpmiFailure;
  }
}
