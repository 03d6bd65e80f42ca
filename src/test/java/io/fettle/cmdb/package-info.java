/** Tests of the register on a real PostgreSQL. */
@NullMarked
package io.fettle.cmdb;

import org.jspecify.annotations.NullMarked;
