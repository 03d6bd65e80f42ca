/** The query language: one parser, two judges (SQL and memory) that agree. */
@NullMarked
package io.fettle.cmdb.query;

import org.jspecify.annotations.NullMarked;
