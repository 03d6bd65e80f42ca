package io.fettle.kernel;

/**
 * A hint that something changed, for live pages; published as a Spring application event after
 * commit. Losing one changes nothing but the speed at which a page follows.
 *
 * @param what machine, fault, run, ticket, policy, import, health
 * @param id id of the thing as its pages show it
 */
public record Changed(String what, String id) {}
