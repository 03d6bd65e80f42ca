/**
 * Pack host: its checks, actions, runbooks and policies; uses the engines' plug points and nothing
 * else.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "monitoring :: check",
      "remediation :: action",
      "reach",
      "cmdb",
      "transport :: ssh",
      "transport :: ipmi",
      "transport :: tcp"
    })
package io.fettle.pack.host;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
