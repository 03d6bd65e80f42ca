/**
 * Pack account: its checks, actions, runbooks and policies, and the pages of accounts; uses the
 * engines' plug points and, for its pages, what monitoring last observed.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "monitoring",
      "monitoring :: check",
      "remediation :: action",
      "reach",
      "cmdb",
      "transport :: ssh",
      "transport :: ipmi",
      "transport :: tcp"
    })
package io.fettle.pack.account;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
