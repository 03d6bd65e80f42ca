package io.fettle.batch;

import io.fettle.kernel.Problem;
import io.fettle.library.Library;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Takes a job's text out of the script library, at a commit that stays. */
final class Scripts {
  private final Library library;

  Scripts(Library library) {
    this.library = library;
  }

  /**
   * The wish with its text, and with the commit that its branch stands at now; a wish that has its
   * text already is left as it is.
   */
  Wish taken(Wish wish) {
    Origin origin = wish.origin();
    String path = origin.path();
    if (path == null || !wish.body().isEmpty()) return wish;
    String commit = origin.commit() == null ? "main" : origin.commit();
    Library.Script script = library.script(path, commit);
    return wish.with(text(script), script.path(), origin.at(script.path(), script.commit()));
  }

  private static String text(Library.Script script) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(script.bytes())).toString();
    } catch (CharacterCodingException e) {
      throw Problem.badInput(
          "library",
          script.path(),
          "这个脚本不是 UTF-8 文本，不能原样发送",
          "this script is no UTF-8 text and cannot be sent as it is");
    }
  }
}
