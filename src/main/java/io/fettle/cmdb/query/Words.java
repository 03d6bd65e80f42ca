package io.fettle.cmdb.query;

import java.util.List;
import java.util.function.Function;

/** What a bare word may mean as a key, in every notation. */
public final class Words {
  private Words() {}

  /**
   * A normal form to look for.
   *
   * @param exact false: keys that begin with it match too
   */
  public record Form(String norm, boolean exact) {
    /** True for a key's normal form that this finds. */
    public boolean finds(String key) {
      return exact ? key.equals(norm) : key.startsWith(norm);
    }

    /** Upper end of the keys it finds, exclusive, in code point order. */
    public String end() {
      return norm + (exact ? "\0" : Character.toString(Character.MAX_CODE_POINT));
    }
  }

  /** Reads a word into the forms its room knows. */
  public interface Reader extends Function<String, List<Form>> {}
}
