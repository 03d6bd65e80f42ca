package io.fettle.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Where the servlet container sends what failed outside any controller (filters, bad requests). */
@Controller
class ErrorPages implements ErrorController {
  private final ProblemAnswers answers;

  ErrorPages(ProblemAnswers answers) {
    this.answers = answers;
  }

  @Allow(everyone = true)
  @RequestMapping("/error")
  Object error(HttpServletRequest request) {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    return answers.of(ProblemAnswers.ofStatus(status instanceof Integer s ? s : 404), request);
  }
}
