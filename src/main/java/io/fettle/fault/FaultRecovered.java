package io.fettle.fault;

/** Hint after commit: this fault is now in the state its name says. */
public record FaultRecovered(FaultId id) {}
