/** Tests of what the process stands on. */
@NullMarked
package io.fettle.platform;

import org.jspecify.annotations.NullMarked;
