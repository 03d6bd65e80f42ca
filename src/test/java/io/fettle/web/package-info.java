/** Tests of what every page and resource shares. */
@NullMarked
package io.fettle.web;

import org.jspecify.annotations.NullMarked;
