package io.fettle.batch;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Binds a text's variables to the machines of a list; a machine that lacks one is left out. */
final class Filling {
  private static final int PAGE = 500;
  private static final long LOOKED_AT = 8_000_000;

  private final Register register;
  private final Variables variables;

  Filling(Register register, Variables variables) {
    this.register = register;
    this.variables = variables;
  }

  /**
   * A list whose machines have all values.
   *
   * @param template null when there is nothing to fill in
   * @param values of each chosen machine, parameters included
   * @param fields those of the variables that the register says
   * @param lacking machines that were left out for lack of it, by variable
   */
  record Filled(
      Targets.Chosen chosen,
      @Nullable Template template,
      Map<AssetId, Map<String, String>> values,
      Set<String> fields,
      Map<String, Integer> lacking) {
    boolean any() {
      return template != null && !template.names().isEmpty();
    }

    /** The text as a machine gets it. */
    String sent(String body, MachineCard card) {
      return template == null ? body : template.with(values.getOrDefault(card.id(), Map.of()));
    }

    /** What is kept of each machine: what the register said; parameters stand with the job. */
    List<ValueTable.Values> stored(List<Item> items) {
      List<ValueTable.Values> stored = new ArrayList<>();
      for (Item item : items) {
        Map<String, String> own = new TreeMap<>(values.getOrDefault(item.machine(), Map.of()));
        own.keySet().retainAll(fields);
        if (!own.isEmpty()) stored.add(new ValueTable.Values(item.no(), own));
      }
      return stored;
    }

    /**
     * What is to be searched for danger: the text itself, and with the values in their places.
     *
     * @throws Problem 422 when that is too much: what nobody searched does not run
     */
    List<String> read(String body) {
      List<String> texts = new ArrayList<>();
      texts.add(body);
      if (!any() || template == null) return texts;
      long characters = 0;
      for (Map<String, String> one : new HashSet<>(values.values())) {
        String text = template.read(one);
        characters += text.length();
        if (characters > LOOKED_AT) throw tooMuch();
        texts.add(text);
      }
      return texts;
    }

    private Problem tooMuch() {
      return Problem.badInput(
          "on",
          values.size() + "",
          "文本连同各机器的值超过 " + LOOKED_AT / 1_000_000 + " 百万字符，无法检查其中有没有危险命令：请减少机器，或缩短文本",
          "the text with the values of every machine comes to more than "
              + LOOKED_AT / 1_000_000
              + " million characters, too much to be searched for danger: take fewer machines at once, or a shorter text");
    }
  }

  /**
   * Fills in.
   *
   * @throws Problem 422 for a variable in quotes, and for a parameter that stands nowhere
   */
  Filled fill(Wish wish, Targets.Chosen chosen) {
    if (wish.kind() == JobKind.ACTION)
      return new Filled(chosen, null, Map.of(), Set.of(), Map.of());
    Map<String, String> parameters = variables.parameters(wish.params());
    Template template = fixed(wish, parameters);
    return template == null || template.names().isEmpty()
        ? new Filled(chosen, template, Map.of(), Set.of(), Map.of())
        : bind(template, parameters, chosen);
  }

  /** Null where nothing is filled in. */
  private @Nullable Template fixed(Wish wish, Map<String, String> parameters) {
    boolean any = wish.origin().filled() && !Interpreter.other(wish);
    Set<String> known = new HashSet<>(variables.fields());
    known.addAll(parameters.keySet());
    Template template = any ? Template.of(wish.body(), known) : null;
    Set<String> left = new HashSet<>(parameters.keySet());
    if (template != null) left.removeAll(template.names());
    unused(left);
    return template;
  }

  /**
   * The text for one machine alone.
   *
   * @param sent as the machine gets it; empty when values are lacking
   * @param read what is to be searched for danger
   * @param lacking variables that the register does not say
   */
  record One(String sent, List<String> read, List<String> lacking) {}

  /**
   * Fills in for one machine.
   *
   * @throws Problem 422 as {@link #fill} does
   */
  One one(Wish wish, MachineDoc machine) {
    Map<String, String> values = new TreeMap<>(variables.parameters(wish.params()));
    Template template = fixed(wish, values);
    if (template == null) return new One(wish.body(), List.of(wish.body()), List.of());
    List<String> fields = template.names().stream().filter(n -> !values.containsKey(n)).toList();
    List<String> lacking = new ArrayList<>();
    bind(fields, Optional.of(machine), values, lacking);
    return lacking.isEmpty()
        ? new One(template.with(values), List.of(wish.body(), template.read(values)), lacking)
        : new One("", List.of(), lacking);
  }

  private static void bind(
      List<String> fields,
      Optional<MachineDoc> machine,
      Map<String, String> values,
      List<String> lacking) {
    for (String field : fields)
      machine
          .flatMap(doc -> Variables.value(doc, field))
          .ifPresentOrElse(value -> values.put(field, value), () -> lacking.add(field));
  }

  /**
   * Texts in which danger is looked for before machines are known: with the usual values.
   *
   * @throws Problem 422 as {@link #fill} does
   */
  List<String> readable(Wish wish, List<Parameter> parameters) {
    if (wish.kind() == JobKind.ACTION) return List.of();
    Map<String, Object> given = new LinkedHashMap<>(wish.params());
    for (Parameter one : parameters)
      if (given.put(one.name(), one.usual() == null ? "" : one.usual()) != null)
        throw Problem.badInput(
            "parameters", one.name(), "参数已有固定值", "this parameter has a fixed value already");
    Map<String, String> values = new TreeMap<>(variables.parameters(given));
    Template template = fixed(wish, values);
    if (template == null) return List.of(wish.body());
    template.names().forEach(name -> values.putIfAbsent(name, "{" + name + "}"));
    return List.of(wish.body(), template.read(values));
  }

  private static void unused(Set<String> names) {
    if (names.isEmpty()) return;
    String all = String.join(", ", names);
    throw Problem.badInput(
        "with", all, "文本里没有用到参数：" + all, "the text has no place for the parameter: " + all);
  }

  private Filled bind(Template template, Map<String, String> parameters, Targets.Chosen chosen) {
    List<String> fields =
        template.names().stream().filter(n -> !parameters.containsKey(n)).toList();
    List<MachineCard> kept = new ArrayList<>();
    Map<MachineCard, Skip> skipped = new LinkedHashMap<>(chosen.skipped());
    Map<AssetId, Map<String, String>> values = new LinkedHashMap<>();
    Map<String, Integer> lacking = new TreeMap<>();
    List<MachineCard> all = chosen.chosen();
    for (int i = 0; i < all.size(); i += PAGE) {
      List<MachineCard> some = all.subList(i, Math.min(all.size(), i + PAGE));
      Map<AssetId, MachineDoc> docs =
          fields.isEmpty()
              ? Map.of()
              : register.machines(some.stream().map(MachineCard::id).toList());
      for (MachineCard card : some) {
        Map<String, String> own = new TreeMap<>(parameters);
        List<String> missing = new ArrayList<>();
        bind(fields, Optional.ofNullable(docs.get(card.id())), own, missing);
        missing.forEach(field -> lacking.merge(field, 1, Integer::sum));
        if (missing.isEmpty()) {
          kept.add(card);
          values.put(card.id(), own);
        } else skipped.put(card, Skip.NO_VALUE);
      }
    }
    return new Filled(
        new Targets.Chosen(kept, skipped, chosen.outside()),
        template,
        values,
        Set.copyOf(fields),
        lacking);
  }
}
