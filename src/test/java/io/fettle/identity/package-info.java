@NullMarked
package io.fettle.identity;

import org.jspecify.annotations.NullMarked;
