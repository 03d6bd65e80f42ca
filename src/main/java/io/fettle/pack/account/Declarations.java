package io.fettle.pack.account;

import io.fettle.cmdb.Intents;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Accounts as they stand in intent documents. */
final class Declarations {
  private Declarations() {}

  static List<Accounts.Declaration> rows(List<Intents.Document> documents) {
    List<Accounts.Declaration> rows = new ArrayList<>();
    for (Intents.Document document : documents)
      for (JsonNode content : read(document.text()))
        for (JsonNode account : content.at("/set/accounts")) rows.add(row(account, document));
    return rows;
  }

  private static Accounts.Declaration row(JsonNode account, Intents.Document document) {
    return new Accounts.Declaration(
        account.path("name").asString(""),
        account.path("uid").isNumber() ? account.path("uid").asInt() : null,
        text(account, "shell"),
        text(account, "sudo"),
        text(account, "expires"),
        account.path("proof").asString("without_secrets"),
        document.query(),
        document.name(),
        document.machines());
  }

  private static @Nullable String text(JsonNode account, String field) {
    JsonNode node = account.path(field);
    return node.isMissingNode() || node.isNull() ? null : node.asString();
  }

  /**
   * Looks at each account as the check will.
   *
   * @throws Problem 422 naming every account that cannot be used
   */
  static void check(String yaml) {
    List<Problem.Fault> faults = new ArrayList<>();
    int accounts = 0;
    for (JsonNode content : read(yaml))
      for (JsonNode account : content.at("/set/accounts")) {
        accounts++;
        try {
          Declared.of(account);
        } catch (Declared.Unusable e) {
          faults.add(
              new Problem.Fault(
                  "accounts." + account.path("name").asString("?"),
                  String.valueOf(e.getMessage()),
                  new Label("不可用：" + e.getMessage(), "cannot be used: " + e.getMessage())));
        }
      }
    if (accounts == 0)
      throw Problem.badInput(
          "accounts",
          "",
          "没有账号；应为 for: 查询，set: {accounts: [{name: …}]}",
          "No accounts; it should be for: QUERY and set: {accounts: [{name: …}]}");
    if (!faults.isEmpty())
      throw new Problem(
          422,
          "bad-input",
          new Label(faults.size() + " 个账号的声明不可用", faults.size() + " accounts cannot be used"),
          faults);
  }

  /** The same query declared again replaces what was declared for it. */
  static String name(String yaml) {
    StringBuilder queries = new StringBuilder();
    for (JsonNode content : read(yaml))
      queries.append(content.path("for").asString("")).append('\n');
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(queries.toString().getBytes(StandardCharsets.UTF_8));
      return "accounts/" + HexFormat.of().formatHex(digest, 0, 5);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Text that is no YAML has no accounts: the register says what is wrong with it. */
  private static List<JsonNode> read(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(10);
    options.setCodePointLimit(1 << 20);
    List<JsonNode> all = new ArrayList<>();
    try {
      for (Object content : new Yaml(new SafeConstructor(options)).loadAll(yaml))
        if (content instanceof Map<?, ?> map) all.add(JsonMapper.shared().valueToTree(dated(map)));
    } catch (YAMLException e) {
      return List.of();
    }
    return all;
  }

  /** YAML reads {@code 2027-01-01} as an instant; here it is a day. */
  private static Object dated(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Date date -> date.toInstant().atOffset(ZoneOffset.UTC).toLocalDate().toString();
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(String.valueOf(k), dated(v)));
        yield copy;
      }
      case List<?> list -> list.stream().map(Declarations::dated).toList();
      default -> value;
    };
  }
}
