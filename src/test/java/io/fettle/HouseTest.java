package io.fettle;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;

/** The walls between the rooms and the rules of the house. */
class HouseTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.fettle");

  @Test
  void roomsUseOnlyWhatTheyMay() {
    ApplicationModules.of(Fettle.class).verify();
  }

  /** A package-info beside a room's tests would be found first, and its walls would be none. */
  @Test
  void noTestHidesARoomsWalls() {
    assertThat(
            CLASSES.stream()
                .filter(c -> c.getSimpleName().equals("package-info"))
                .filter(c -> c.isAnnotatedWith(ApplicationModule.class))
                .filter(c -> !c.reflect().isAnnotationPresent(ApplicationModule.class)))
        .isEmpty();
  }

  @Test
  void onlyTablesSpeakSql() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Table")
        .and()
        .resideOutsideOfPackages("io.fettle.platform..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.springframework.jdbc.core.simple.JdbcClient")
        .because("SQL lives in *Table classes, where it can be read and explained")
        .check(CLASSES);
  }

  @Test
  void noQueryIsLeftOpen() {
    noClasses()
        .should()
        .callMethod("org.springframework.jdbc.core.simple.JdbcClient$MappedQuerySpec", "stream")
        .because("a stream that is not closed leaks its connection: use list().stream()")
        .check(CLASSES);
  }

  @Test
  void roomsTakeTheTimeFromAClock() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.fettle.platform..", "io.fettle.lab..", "io.fettle.cli..")
        .should()
        .callMethod(Instant.class, "now")
        .because("a test must be able to set the clock: inject java.time.Clock")
        .check(CLASSES);
  }

  @Test
  void beansAreWiredByTheirConstructors() {
    fields()
        .should()
        .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
        .because("a field that Spring fills cannot be final")
        .check(CLASSES);
  }

  @Test
  void theKernelHasNoBeansAndNoSql() {
    classes()
        .that(resideInAPackage("io.fettle.kernel"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.fettle.kernel",
            "java..",
            "org.jspecify..",
            "org.springframework.modulith..",
            "org.slf4j..")
        .check(CLASSES);
  }

  @Test
  void nobodyNamesThingsAfterNothing() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|Base|Common)$")
        .because("a name says what the thing is")
        .check(CLASSES);
  }
}
