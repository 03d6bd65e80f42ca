/** Is a TCP port open? */
@NullMarked
@NamedInterface("tcp")
package io.fettle.transport.tcp;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
