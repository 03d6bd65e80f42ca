@NullMarked
package io.fettle.audit;

import org.jspecify.annotations.NullMarked;
