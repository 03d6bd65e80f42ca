/** Tests mirror the rooms. */
@NullMarked
package io.fettle;

import org.jspecify.annotations.NullMarked;
