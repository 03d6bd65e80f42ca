/**
 * What every page and resource shares: layout model, messages in both languages, problem details,
 * route rules, live hints. No rules of any room.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.fettle.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
