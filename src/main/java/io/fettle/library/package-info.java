/**
 * The script library: a Git repository with history and review, served over Git and rsync and
 * mirrored off the machine. Knows no machines and runs nothing; jobs ask it for a script at a
 * commit.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"identity", "secret"})
package io.fettle.library;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
