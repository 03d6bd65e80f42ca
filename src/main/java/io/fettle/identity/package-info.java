/**
 * People, teams, roles, sign-in and API tokens; who may do what. Every route is checked here
 * against its rule.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.fettle.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
