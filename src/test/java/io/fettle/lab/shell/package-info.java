/** Tests of the lab. */
@NullMarked
package io.fettle.lab.shell;

import org.jspecify.annotations.NullMarked;
