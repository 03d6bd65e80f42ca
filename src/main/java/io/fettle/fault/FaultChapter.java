package io.fettle.fault;

import java.util.List;

/** The plug point by which a room downstream adds what it knows to a fault's story. */
public interface FaultChapter {
  List<StoryEntry> of(Fault fault);
}
