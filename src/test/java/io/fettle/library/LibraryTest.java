package io.fettle.library;

import io.fettle.support.FettleTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.test.context.TestPropertySource;

/** A server whose library wants review, has low limits and looks often; shared by these tests. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@FettleTest
@TestPropertySource(
    properties = {
      "fettle.library.review=required",
      "fettle.library.pack-limit=4MB",
      "fettle.library.file-limit=1MB",
      "fettle.library.sweep=200ms",
      "fettle.library.rsync.port=${random.int[20000,29999]}"
    })
@interface LibraryTest {}
