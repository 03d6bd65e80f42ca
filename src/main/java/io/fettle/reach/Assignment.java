package io.fettle.reach;

import io.fettle.kernel.Problem;
import io.fettle.secret.Credential;
import java.time.Instant;

/**
 * A credential and the machines that it opens.
 *
 * @param credential its name in the credential store
 * @param query CMDB query; never unbounded
 * @param priority of several that match a machine the highest wins, among equals the newest
 */
record Assignment(
    long id,
    String credential,
    Credential.Kind kind,
    String query,
    int priority,
    Instant createdAt,
    String createdBy) {

  /** The word of the API, the CLI and the table. */
  static String word(Credential.Kind kind) {
    return switch (kind) {
      case SSH_KEY -> "ssh-key";
      case SSH_PASSWORD -> "ssh-password";
      case BMC -> "bmc";
      case SERVICE -> "service";
    };
  }

  /**
   * @throws Problem 422 naming the words there are
   */
  static Credential.Kind kind(String word) {
    return switch (word) {
      case "ssh-key" -> Credential.Kind.SSH_KEY;
      case "ssh-password" -> Credential.Kind.SSH_PASSWORD;
      case "bmc" -> Credential.Kind.BMC;
      default ->
          throw Problem.badInput(
              "kind",
              word,
              "凭据类型应为 ssh-key、ssh-password 或 bmc",
              "The kind must be ssh-key, ssh-password or bmc");
    };
  }
}
