/**
 * The PostgreSQL that Fettle brings along, kept as a child process on a folder of its own; its base
 * backups and their recovery.
 */
@NullMarked
@NamedInterface("postgres")
package io.fettle.platform.postgres;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
