package io.fettle.fault;

import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.Map;

/**
 * One thing that happened to a fault.
 *
 * @param kind observed, decided, held, attempt, verified, recovered, escalated, closed, note,
 *     ticket …
 * @param details JSON-like facts: {@code from, to, edge, actor}, bytes, transcript, budgets; remote
 *     text in it is hostile
 */
public record StoryEntry(Instant at, String kind, Label title, Map<String, Object> details) {}
