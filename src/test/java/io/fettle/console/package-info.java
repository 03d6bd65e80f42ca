/** Tests of the pages that join rooms. */
@NullMarked
package io.fettle.console;

import org.jspecify.annotations.NullMarked;
