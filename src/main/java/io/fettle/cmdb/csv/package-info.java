/** Reading tables that people made: encodings, delimiters, quotes; streaming and bounded. */
@NullMarked
package io.fettle.cmdb.csv;

import org.jspecify.annotations.NullMarked;
