package io.fettle.cli;

import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "version", description = "The version of this build; asks no server.")
final class VersionOrder implements Callable<Integer> {
  @Option(names = "--json")
  boolean json;

  @Option(names = "--server", hidden = true)
  String server = "";

  @Override
  public Integer call() {
    String version =
        Optional.ofNullable(VersionOrder.class.getPackage().getImplementationVersion())
            .orElse("unpackaged");
    PrintStream out = System.out;
    out.println(json ? Json.write(Map.of("version", version)) : "fettle " + version);
    out.flush();
    return 0;
  }
}
