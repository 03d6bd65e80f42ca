package io.fettle.console;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.Resolution;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** From any key to its machine, or from a pasted list of keys to all of theirs. */
@Controller
public class FindPages {
  private static final int MOST_KEYS = 500;
  private static final int SUGGESTED = 8;

  private final Register register;

  FindPages(Register register) {
    this.register = register;
  }

  /** One key of the question and where it leads. */
  public record Found(Resolution resolution, Map<AssetId, MachineCard> cards) {
    public @Nullable MachineCard card(Resolution.Hit hit) {
      return cards.get(hit.id());
    }
  }

  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/find")
  String find(@RequestParam(defaultValue = "") String q, Viewer viewer, Model model) {
    List<String> keys = keys(q);
    List<Found> found = new ArrayList<>();
    for (String key : keys.subList(0, Math.min(MOST_KEYS, keys.size())))
      found.add(one(key, viewer));
    if (found.size() == 1 && found.getFirst().resolution().hits().size() == 1)
      return "redirect:/machines/" + found.getFirst().resolution().hits().getFirst().id();
    model.addAttribute("q", q.strip());
    model.addAttribute("found", found);
    model.addAttribute("left", Math.max(0, keys.size() - MOST_KEYS));
    return "console/find";
  }

  /** What the find box shows while a person types. */
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  @GetMapping("/find/suggest")
  String suggest(@RequestParam(defaultValue = "") String q, Viewer viewer, Model model) {
    List<String> keys = keys(q);
    boolean one = keys.size() == 1 && keys.getFirst().length() >= 2;
    model.addAttribute("found", one ? one(keys.getFirst(), viewer) : null);
    model.addAttribute("most", SUGGESTED);
    return "console/suggest";
  }

  private Found one(String key, Viewer viewer) {
    Resolution resolution = register.find(key, viewer);
    List<AssetId> ids = resolution.hits().stream().map(Resolution.Hit::id).distinct().toList();
    return new Found(resolution, register.cards(ids));
  }

  /** Keys in the order they were pasted; commas, semicolons and white space stand between them. */
  static List<String> keys(String text) {
    Set<String> keys = new LinkedHashSet<>();
    Arrays.stream(text.split("[\\s,;，；、]+"))
        .filter(key -> !key.isEmpty())
        .map(key -> key.length() > 200 ? key.substring(0, 200) : key)
        .forEach(keys::add);
    return new ArrayList<>(keys);
  }
}
