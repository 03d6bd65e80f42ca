package io.fettle.identity;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** People, teams and oneself as JSON. */
@RestController
@RequestMapping("/api/v1")
class IdentityApi {
  private final People people;

  IdentityApi(People people) {
    this.people = people;
  }

  /** A wish for a person, or for a change; in a change what is absent stays. */
  record Wish(
      @Nullable String name,
      @Nullable String displayName,
      @Nullable List<String> roles,
      @Nullable List<String> teams,
      @Nullable Boolean disabled) {}

  /** The own password, old and new. */
  record Passwords(@Nullable String old, @Nullable String password) {}

  /** Who asks. */
  record Me(Actor.Kind kind, String name, Set<Role> roles, Set<String> teams) {}

  @Allow({Role.ADMINISTRATOR, Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/me")
  Me me(Viewer viewer) {
    return new Me(
        viewer.actor().kind(),
        viewer.actor().name(),
        new TreeSet<>(viewer.roles()),
        new TreeSet<>(viewer.teams()));
  }

  @Allow({Role.ADMINISTRATOR, Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @PostMapping("/me/password")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void changePassword(@RequestBody Passwords wish, Viewer viewer) {
    people.changePassword(viewer.actor().name(), text(wish.old()), text(wish.password()), viewer);
  }

  @Allow({Role.ADMINISTRATOR, Role.AUDITOR})
  @GetMapping("/people")
  Page<Person> list(
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "100") int limit) {
    return people.page(cursor, limit);
  }

  @Allow({Role.ADMINISTRATOR, Role.AUDITOR})
  @GetMapping("/people/{name}")
  Person show(@PathVariable String name) {
    return people.find(name).orElseThrow(() -> Problem.notFound("person", Words.cut(name)));
  }

  @Allow(Role.ADMINISTRATOR)
  @PostMapping("/people")
  @ResponseStatus(HttpStatus.CREATED)
  People.FirstPassword create(@RequestBody Wish wish, Viewer viewer) {
    NewPerson person =
        new NewPerson(
            text(wish.name()),
            text(wish.displayName()),
            Words.roles(listed(wish.roles())),
            Words.teams(listed(wish.teams())));
    return people.create(person, viewer);
  }

  @Allow(Role.ADMINISTRATOR)
  @PatchMapping("/people/{name}")
  Person change(@PathVariable String name, @RequestBody Wish wish, Viewer viewer) {
    PersonChange change =
        new PersonChange(
            Optional.ofNullable(wish.displayName()),
            Optional.ofNullable(wish.roles()).map(Words::roles),
            Optional.ofNullable(wish.teams()).map(Words::teams),
            Optional.ofNullable(wish.disabled()));
    return people.change(name, change, viewer);
  }

  @Allow(Role.ADMINISTRATOR)
  @PostMapping("/people/{name}/password")
  People.FirstPassword reset(@PathVariable String name, Viewer viewer) {
    return people.resetPassword(name, viewer);
  }

  @Allow({Role.ADMINISTRATOR, Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/teams")
  List<String> teams(Viewer viewer) {
    return viewer.seesAll() ? people.teams() : List.copyOf(new TreeSet<>(viewer.teams()));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static List<String> listed(@Nullable List<String> texts) {
    return texts == null ? List.of() : texts;
  }
}
