package io.fettle.web;

import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/**
 * Turns whatever a controller throws into what the asker can read. Expected refusals keep their
 * words; anything unexpected is logged under a number, and only the number is shown.
 */
@ControllerAdvice
class ProblemAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  private final ProblemAnswers answers;
  private final ObjectProvider<DatabaseState> database;

  ProblemAdvice(ProblemAnswers answers, ObjectProvider<DatabaseState> database) {
    this.answers = answers;
    this.database = database;
  }

  @ExceptionHandler
  @Nullable Object any(Exception thrown, HttpServletRequest request, HttpServletResponse response)
      throws Exception {
    if (thrown instanceof AccessDeniedException || thrown instanceof AuthenticationException)
      throw thrown;
    if (thrown instanceof AsyncRequestNotUsableException || response.isCommitted()) return null;
    return answers.of(problem(thrown, request), request);
  }

  private Problem problem(Exception thrown, HttpServletRequest request) {
    if (thrown instanceof Problem problem) return problem;
    if (thrown instanceof MissingServletRequestParameterException e)
      return Problem.badInput(
          e.getParameterName(),
          "",
          "缺少参数 " + e.getParameterName(),
          "The parameter " + e.getParameterName() + " is missing");
    if (thrown instanceof MethodArgumentTypeMismatchException e)
      return Problem.badInput(
          e.getName(),
          shorten(String.valueOf(e.getValue())),
          "参数 " + e.getName() + " 的值不对",
          "The value of " + e.getName() + " cannot be read");
    if (thrown instanceof HttpMessageNotReadableException)
      return new Problem(
          400,
          "unreadable",
          new Label("请求正文不是有效的 JSON", "The body of the request is not valid JSON"),
          List.of());
    if (thrown instanceof ErrorResponse e)
      return ProblemAnswers.ofStatus(e.getStatusCode().value());
    ResponseStatus named =
        AnnotatedElementUtils.findMergedAnnotation(thrown.getClass(), ResponseStatus.class);
    if (named != null) return ProblemAnswers.ofStatus(named.code().value());
    if (outage(thrown)) return outage();
    return unexpected(thrown, request);
  }

  /** The database went away in the middle: nobody's mistake, and it comes back by itself. */
  private static boolean outage(Exception thrown) {
    return thrown instanceof DataAccessResourceFailureException
        || thrown instanceof TransientDataAccessException
        || thrown instanceof RecoverableDataAccessException
        || thrown instanceof CannotCreateTransactionException
        || (thrown instanceof TransactionSystemException e && e.getCause() instanceof SQLException)
        || (thrown.getCause() instanceof Exception cause && cause != thrown && outage(cause));
  }

  private Problem outage() {
    DatabaseState state = database.getIfAvailable();
    Label silent = new Label("数据库没有应答", "it did not answer");
    return OutageGate.outage(state == null || state.up() ? silent : state.why());
  }

  private static Problem unexpected(Exception thrown, HttpServletRequest request) {
    byte[] number = new byte[4];
    ThreadLocalRandom.current().nextBytes(number);
    String id = HexFormat.of().formatHex(number);
    LOG.error("unexpected id={} {} {}", id, request.getMethod(), request.getRequestURI(), thrown);
    return new Problem(
        500,
        "unexpected",
        new Label(
            "Fettle 内部出错，编号 " + id + "，详情见日志",
            "Something in Fettle failed; the log has it as " + id),
        List.of());
  }

  private static String shorten(String value) {
    return value.length() <= 80 ? value : value.substring(0, 80) + "…";
  }
}
