@NullMarked
package io.fettle.transport.ssh;

import org.jspecify.annotations.NullMarked;
