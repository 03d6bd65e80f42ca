package io.fettle.identity;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Signing in and the own password, as pages. */
@Controller
class IdentityPages {
  private static final Label NONE = Label.same("");

  private final People people;

  IdentityPages(People people) {
    this.people = people;
  }

  @Allow(everyone = true)
  @GetMapping("/sign-in")
  ModelAndView signIn(@RequestParam Map<String, String> query, Optional<Viewer> viewer) {
    String to = AfterSignIn.inside(query.get("to"));
    if (viewer.isPresent()) return new ModelAndView("redirect:" + to);
    return new ModelAndView("identity/sign_in", Map.of("notice", SignInNotice.of(query), "to", to));
  }

  @Allow({Role.ADMINISTRATOR, Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/account/password")
  ModelAndView password(Viewer viewer) {
    return form(viewer, NONE);
  }

  @Allow({Role.ADMINISTRATOR, Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @PostMapping("/account/password")
  ModelAndView change(
      @RequestParam String old,
      @RequestParam String password,
      @RequestParam String repeat,
      Viewer viewer,
      HttpServletRequest request) {
    if (!password.equals(repeat))
      return form(viewer, new Label("两次输入的新密码不一致", "The two new passwords differ"));
    try {
      people.changePassword(viewer.actor().name(), old, password, viewer);
    } catch (Problem problem) {
      return form(viewer, reason(problem));
    }
    var session = request.getSession(false);
    if (session != null) session.invalidate();
    return new ModelAndView("redirect:/sign-in?changed");
  }

  private ModelAndView form(Viewer viewer, Label error) {
    boolean must = people.find(viewer.actor().name()).map(Person::mustChange).orElse(false);
    if (viewer.actor().kind() != Actor.Kind.PERSON)
      throw Problem.forbidden("令牌没有密码", "A token has no password");
    ModelAndView view = new ModelAndView("identity/password", Map.of("must", must, "error", error));
    if (error != NONE) view.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
    return view;
  }

  private static Label reason(Problem problem) {
    return problem.faults().isEmpty() ? problem.title() : problem.faults().getFirst().reason();
  }
}
