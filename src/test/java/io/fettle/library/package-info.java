@NullMarked
package io.fettle.library;

import org.jspecify.annotations.NullMarked;
