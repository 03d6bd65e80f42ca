/** Tests of the lab. */
@NullMarked
package io.fettle.lab;

import org.jspecify.annotations.NullMarked;
