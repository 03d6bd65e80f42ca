package io.fettle.cmdb;

import io.fettle.cmdb.query.Words;
import io.fettle.cmdb.query.Words.Form;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a piece of text may mean as a key: its normal forms in every notation. Pure. */
final class Spelling implements Words.Reader {
  /** Forms a whole or partial key may have; those of a whole key first. */
  @Override
  public List<Form> apply(String text) {
    Set<Form> forms = new LinkedHashSet<>();
    var ip = ip(text);
    ip.forEach(i -> forms.add(new Form(i, true)));
    Norm.uuid(text)
        .ifPresent(u -> {
          forms.add(new Form(u, true));
          forms.add(new Form(Norm.swapped(u), true));
        });
    if (ip.isEmpty()) {
      if (text.matches("(?i)[0-9a-f]{2}([:.-]?[0-9a-f]{2})*"))
        forms.add(new Form(text.replaceAll("[:.-]", "").toLowerCase(java.util.Locale.ROOT), false));
      Norm.hostname(text).ifPresent(h -> forms.add(new Form(h, false)));
      Norm.plain(text).ifPresent(p -> forms.add(new Form(p, false)));
    }
    return List.copyOf(forms);
  }

  private static List<String> ip(String text) {
    return Norm.split(text)
        .map(Norm.Address::host)
        .filter(h -> Norm.ip(h).isPresent())
        .map(List::of)
        .orElse(List.of());
  }
}
