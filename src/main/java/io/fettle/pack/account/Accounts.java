package io.fettle.pack.account;

import io.fettle.kernel.Label;
import io.fettle.kernel.Viewer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Front door of accounts: what is declared, and why a person cannot log in to a machine. */
public interface Accounts {
  /** Name of the check whose readings and faults speak of accounts, one per account. */
  String CHECK = AccountLoginCheck.NAME;

  /** Every account of every intent document in force. */
  List<Declaration> declared();

  /**
   * Asks the machine about one account now.
   *
   * @param machine any key of it
   * @param logIn true to prove by a real log-in where the declaration allows one and nothing known
   *     stands in its way; that is an action: it is written down before it is tried and takes the
   *     machine's lease
   * @throws io.fettle.kernel.Problem 404 when this viewer sees no such machine, 422 for a name that
   *     is none or a key that several machines hold, 409 when the log-in may not be tried now
   */
  Why why(String user, String machine, boolean logIn, Viewer viewer);

  /**
   * One account of one document.
   *
   * @param where the document's CMDB query
   * @param machines how many it matches, as of the last turn of the intents
   * @param proof login or without_secrets
   */
  record Declaration(
      String name,
      @Nullable Integer uid,
      @Nullable String shell,
      @Nullable String sudo,
      @Nullable String expires,
      String proof,
      String where,
      String document,
      long machines) {}

  /**
   * One cause, as people read it.
   *
   * @param detail the machine's own words, hostile text made safe to look at
   * @param hint what a person does about it
   */
  record Because(String cause, Label label, Label detail, boolean repairable, Label hint) {}

  /**
   * The answer.
   *
   * @param declared false: the account is not declared for this machine; it was looked at as it is
   * @param canLogIn null when the machine could not be asked
   * @param proof what was asked of the machine; {@code kind} is without_secrets or login
   * @param trouble why it could not be asked; null when it was
   */
  record Why(
      String user,
      String assetNo,
      boolean declared,
      @Nullable Boolean canLogIn,
      List<Because> causes,
      Map<String, Object> proof,
      @Nullable Label trouble) {}
}
