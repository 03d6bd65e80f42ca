package io.fettle.lab;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One class of trouble: the ways in which it comes, and how to see on the machine that it is there.
 */
interface SimFault {
  /**
   * One way.
   *
   * @param person true when it takes a person to mend it
   */
  record Variant(
      String name,
      boolean person,
      BiConsumer<SimMachine, Random> breakIt,
      Predicate<SimMachine> fits) {
    static Variant of(String name, BiConsumer<SimMachine, Random> breakIt) {
      return new Variant(name, false, breakIt, m -> true);
    }

    /** One that only a person can mend. */
    static Variant forPerson(String name, BiConsumer<SimMachine, Random> breakIt) {
      return new Variant(name, true, breakIt, m -> true);
    }

    Variant where(Predicate<SimMachine> which) {
      return new Variant(name, person, breakIt, which);
    }
  }

  /** The class that Fettle should name. */
  String name();

  List<Variant> variants();

  boolean broken(SimMachine machine);

  /** What a person with hands does about it. */
  void mend(SimMachine machine);

  /** All, in the order they are taken in turn. */
  List<SimFault> ALL =
      Stream.of(CardFaults.all(), AccountFaults.all(), HostFaults.all())
          .flatMap(List::stream)
          .toList();

  /** The class of this name. */
  static Optional<SimFault> named(String name) {
    return ALL.stream().filter(fault -> fault.name().equals(name)).findFirst();
  }
}
