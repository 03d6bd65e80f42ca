package io.fettle.reach;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.secret.Credential;
import io.fettle.web.Allow;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Credentials of machines: a secret goes in and never comes out. */
@RestController
@RequestMapping("/api/v1/credentials")
class CredentialApi {
  private final Credentials credentials;

  CredentialApi(Credentials credentials) {
    this.credentials = credentials;
  }

  /**
   * What is sent; {@code toString} shows no secret.
   *
   * @param query CMDB query of the machines that it opens
   */
  record New(
      @Nullable String kind,
      @Nullable String name,
      @Nullable String user,
      @Nullable String secret,
      @JsonProperty("for") @Nullable String query,
      @Nullable Integer priority) {
    @Override
    public String toString() {
      return "New[" + kind + ", " + name + ", " + user + "]";
    }
  }

  /** What is shown. */
  record Shown(
      String name,
      String kind,
      String user,
      @JsonProperty("for") @Nullable String query,
      @Nullable Integer priority) {}

  /**
   * What became of it.
   *
   * @param machines that it matches
   * @param overlaps other credentials of this kind that match some of them, and which goes first:
   *     the higher priority, among equals the newer
   */
  record Added(
      String name,
      String kind,
      String user,
      @JsonProperty("for") String query,
      int priority,
      long machines,
      List<Credentials.Overlap> overlaps) {}

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Allow(Role.ADMINISTRATOR)
  Added add(@RequestBody New body, Viewer viewer) {
    Credential credential =
        new Credential(
            text(body.name()),
            Assignment.kind(text(body.kind())),
            text(body.user()),
            text(body.secret()).toCharArray());
    int priority = body.priority() == null ? 0 : body.priority();
    Assignment made = credentials.put(credential, text(body.query()), priority, viewer);
    return new Added(
        credential.name(),
        Assignment.word(credential.kind()),
        credential.user(),
        made.query(),
        made.priority(),
        credentials.machines(made),
        credentials.overlaps(made));
  }

  @GetMapping
  @Allow({Role.OPERATOR, Role.AUDITOR})
  List<Shown> list() {
    return credentials.list().stream()
        .map(c ->
            new Shown(
                c.entry().name(),
                Assignment.word(c.entry().kind()),
                c.entry().user(),
                c.assignment().map(Assignment::query).orElse(null),
                c.assignment().map(Assignment::priority).orElse(null)))
        .toList();
  }

  @DeleteMapping("/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Allow(Role.ADMINISTRATOR)
  void remove(@PathVariable String name, Viewer viewer) {
    credentials.remove(name, viewer);
  }

  private static String text(@Nullable String given) {
    return Objects.requireNonNullElse(given, "");
  }
}
