package io.fettle.remediation.action;

import io.fettle.kernel.Label;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plug point: one typed thing to do to one machine. One file per action, found by scanning;
 * stateless. Its attempt is on disk before {@link #run} is called.
 */
public interface Action {
  /** Unique and stable, e.g. {@code bmc.set_nic_mode}. */
  String name();

  Label label();

  Effect effect();

  Idempotence idempotence();

  /** Upper bound of {@link #run}; a take-over waits this long plus 5 s after the lease ends. */
  Duration timeLimit();

  /** The same for these parameters, where they say it. */
  default Duration timeLimit(Map<String, Object> params) {
    return timeLimit();
  }

  /**
   * What is wrong with these parameters as a runbook has them: said where the file is read. A text
   * that starts with {@code $} is a look-up in the machine's document, whose value is not known
   * yet.
   */
  default List<Complaint> complaints(Map<String, Object> params) {
    return List.of();
  }

  /** Another text than before once {@link #complaints} may judge the same parameters otherwise. */
  default String edition() {
    return "";
  }

  /**
   * What a step comes to on this machine, decided when it is planned. A plan, its approval and its
   * run carry what this agrees to; when it would be something else by the time of the start, it is
   * planned anew. Reads only.
   */
  default Terms terms(ActionContext context) {
    return refuses(context)
        .<Terms>map(Terms.Refused::new)
        .orElseGet(() -> new Terms.Agreed(context.params()));
  }

  /**
   * Why this must not be done to this machine (make unknown, would cut the channel in use, last way
   * in …); empty when it may.
   */
  Optional<Label> refuses(ActionContext context);

  /** Does it. Never throws for what a machine does. */
  Result run(ActionContext context);

  /** Is the effect there? Reads only. Decides what an UNCERTAIN attempt means. */
  Presence probe(ActionContext context);

  /** What {@link #run} would come to now. Reads only; never throws for what a machine does. */
  default Foresight foresee(ActionContext context) {
    return switch (probe(context)) {
      case PRESENT -> new Foresight.AsWanted(new Label("已是所要的样子", "it is as wanted already"));
      case ABSENT -> new Foresight.Would(List.of(), List.of());
      case UNKNOWN ->
          new Foresight.Untold(
              new Label("现在问不出它是否已是所要的样子", "whether it is as wanted already cannot be told now"));
    };
  }

  /** True when it says {@link ActionContext#wayBack} before each change. */
  default boolean undoable() {
    return false;
  }

  /** Without which ways to the machine nothing can come of it. */
  default Need needs() {
    return Need.SSH;
  }

  /**
   * One thing wrong with a step.
   *
   * @param param which parameter it is about; {@code ""} for all of them
   * @param why what is wrong, with the value, and what to do
   */
  record Complaint(String param, Label why) {
    /** As one sentence that begins with the parameter. */
    public Label sentence() {
      return new Label(param + " " + why.zh(), param + " " + why.en());
    }
  }

  /** Whether a step may be done, and as what. */
  sealed interface Terms {
    /** It may, with these parameters; each is a text, a number or true or false. */
    record Agreed(Map<String, Object> params) implements Terms {
      public Agreed {
        params = Map.copyOf(params);
      }
    }

    /** It may not, and why. */
    record Refused(Label why) implements Terms {}
  }

  /** How much harm it can do. */
  enum Effect {
    READ,
    REVERSIBLE,
    DISRUPTIVE,
    DESTRUCTIVE
  }

  /**
   * What a second sending would do. STATE: the same state again; PROBED: ask first; NONE: never
   * again.
   */
  enum Idempotence {
    STATE,
    PROBED,
    NONE
  }

  /** Ways to a machine: its operating system over SSH, its card over the network. */
  enum Need {
    SSH,
    SSH_AND_CARD,
    SSH_OR_CARD
  }

  /** Whether the effect can be seen. */
  enum Presence {
    PRESENT,
    ABSENT,
    UNKNOWN
  }

  /** What came of it. */
  sealed interface Result {
    /** Done and read back. */
    record Done(Label what) implements Result {}

    /**
     * Not done, and surely so: nothing was changed; or what a person wrote has ended by itself with
     * a failure.
     */
    record Failed(Label why) implements Result {}

    /** Something left and nobody knows what became of it. */
    record Uncertain(Label why) implements Result {}
  }
}
