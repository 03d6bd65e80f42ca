@NullMarked
package io.fettle.secret;

import org.jspecify.annotations.NullMarked;
