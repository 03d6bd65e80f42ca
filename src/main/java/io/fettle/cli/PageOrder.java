package io.fettle.cli;

import picocli.CommandLine.Option;

/** A command whose answer is one page of a list, which says when there is more. */
abstract class PageOrder extends Order {
  @Option(names = "--limit", paramLabel = "N", description = "Rows at most; default 100.")
  int limit = 100;

  @Option(names = "--cursor", paramLabel = "NEXT", description = "Continues after a page's next.")
  String cursor = "";

  /** A GET of the page that was asked for. */
  Server.Answer page(Server server, String path, String... query) {
    String[] all = java.util.Arrays.copyOf(query, query.length + 4);
    all[query.length] = "limit";
    all[query.length + 1] = "" + limit;
    all[query.length + 2] = "cursor";
    all[query.length + 3] = cursor;
    return server.get(path, all);
  }

  abstract void rows(Json page, Screen screen);

  @Override
  final void show(Json page, Screen screen) {
    rows(page, screen);
    screen.next(page);
  }
}
