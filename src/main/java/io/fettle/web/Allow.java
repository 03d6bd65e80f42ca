package io.fettle.web;

import io.fettle.kernel.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rule of a route: who may call it. A route without a rule is refused for everybody and fails a
 * test. An administrator passes wherever OPERATOR or AUDITOR is named.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Allow {
  /**
   * Roles that may call; empty together with {@link #everyone()} for routes that need no sign-in.
   */
  Role[] value() default {};

  /** True for the few routes open without sign-in (sign-in page, style sheets, liveness). */
  boolean everyone() default false;
}
