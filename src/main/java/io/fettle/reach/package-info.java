/**
 * Which machine, by which route, with which credential (assigned by CMDB query), in which order of
 * fall-back.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "cmdb",
      "secret",
      "identity",
      "transport",
      "transport :: ssh",
      "transport :: ipmi",
      "transport :: tcp"
    })
package io.fettle.reach;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
