/** Tests of remediation. */
@NullMarked
package io.fettle.remediation;

import org.jspecify.annotations.NullMarked;
