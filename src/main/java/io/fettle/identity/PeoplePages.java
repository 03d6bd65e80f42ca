package io.fettle.identity;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The people, and the tokens of programs, as pages for administrators. */
@Controller
@RequestMapping("/people")
@Allow(Role.ADMINISTRATOR)
class PeoplePages {
  private final People people;
  private final Tokens tokens;

  PeoplePages(People people, Tokens tokens) {
    this.people = people;
    this.tokens = tokens;
  }

  /**
   * @param tokensAfter cursor of the tokens, which have pages of their own
   */
  @GetMapping
  ModelAndView list(
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(name = "tokens", required = false) @Nullable String tokensAfter,
      Viewer viewer) {
    return new ModelAndView(
        "identity/people",
        Map.of(
            "people",
            people.page(cursor, 100),
            "tokens",
            tokens.page(tokensAfter, 50, viewer),
            "teams",
            people.teams()));
  }

  @PostMapping("/tokens/{id}/revoke")
  String revoke(@PathVariable UUID id, Viewer viewer) {
    tokens.revoke(id, viewer);
    return "redirect:/people#tokens";
  }

  @GetMapping("/{name}")
  ModelAndView show(@PathVariable String name) {
    Person person =
        people.find(name).orElseThrow(() -> Problem.notFound("person", Words.cut(name)));
    return new ModelAndView("identity/person", Map.of("person", person, "teams", people.teams()));
  }

  @PostMapping
  ModelAndView create(
      @RequestParam String name,
      @RequestParam(name = "display_name", defaultValue = "") String displayName,
      @RequestParam(defaultValue = "") List<String> roles,
      @RequestParam(defaultValue = "") String teams,
      Viewer viewer) {
    NewPerson wish = new NewPerson(name, displayName, Words.roles(roles), split(teams));
    return shown(people.create(wish, viewer));
  }

  @PostMapping("/{name}")
  String change(
      @PathVariable String name,
      @RequestParam(name = "display_name") String displayName,
      @RequestParam(defaultValue = "") List<String> roles,
      @RequestParam(defaultValue = "") String teams,
      @RequestParam(defaultValue = "false") boolean disabled,
      Viewer viewer) {
    PersonChange change =
        new PersonChange(
            Optional.of(displayName),
            Optional.of(Words.roles(roles)),
            Optional.of(split(teams)),
            Optional.of(disabled));
    people.change(name, change, viewer);
    return "redirect:/people";
  }

  @PostMapping("/{name}/password")
  ModelAndView reset(@PathVariable String name, Viewer viewer) {
    return shown(people.resetPassword(name, viewer));
  }

  private static ModelAndView shown(People.FirstPassword first) {
    return new ModelAndView(
        "identity/first_password", Map.of("person", first.person(), "password", first.password()));
  }

  private static Set<String> split(String teams) {
    return Arrays.stream(teams.split("[,，、]"))
        .map(String::strip)
        .filter(team -> !team.isEmpty())
        .collect(Collectors.toSet());
  }
}
