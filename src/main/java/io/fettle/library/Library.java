package io.fettle.library;

import java.util.List;

/** Front door of the script library. */
public interface Library {
  /** The commit that {@code main} stands at: forty hexadecimal digits. */
  String head();

  /**
   * A script as it was at a commit. What runs is to be recorded with the answer's commit, never
   * with a branch, which moves.
   *
   * @param path inside the library, e.g. {@code disk/clean.sh}
   * @param commit a commit, or the name of a branch or tag
   * @throws io.fettle.kernel.Problem 404 when there is no such file there, 422 when it is too large
   */
  Script script(String path, String commit);

  /**
   * Files at a commit, for choosing among them; links are none.
   *
   * @param most of them that are answered, in the order of their paths
   */
  List<String> paths(String commit, int most);

  /**
   * A file at a commit.
   *
   * @param commit the exact commit that the name given stood for
   * @param blob the id of its content
   * @param bytes not copied: to be read only
   */
  record Script(String path, String commit, String blob, byte[] bytes) {
    @Override
    public String toString() {
      return "Script[" + path + " at " + commit + "]";
    }
  }
}
