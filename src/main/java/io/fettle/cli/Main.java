package io.fettle.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * {@code ./fettle COMMAND}. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the server is
 * not reachable.
 */
public final class Main {
  /**
   * By name, made only when asked for: reading the annotations of all of them takes longer than
   * most answers.
   */
  static final Map<String, Supplier<Object>> COMMANDS =
      Map.ofEntries(
          Map.entry("status", StatusOrder::new),
          Map.entry("find", FindOrder::new),
          Map.entry("machine", MachineOrder::new),
          Map.entry("faults", FaultOrders.Many::new),
          Map.entry("fault", FaultOrders.One::new),
          Map.entry("run", RunOrder::new),
          Map.entry("job", JobOrders::new),
          Map.entry("tickets", TicketsOrder::new),
          Map.entry("import", ImportOrder::new),
          Map.entry("credential", CredentialOrders::new),
          Map.entry("hostkey", HostKeyOrders::new),
          Map.entry("account", AccountOrders::new),
          Map.entry("policy", PolicyOrders::new),
          Map.entry("freeze", FreezeOrder::new),
          Map.entry("check", CheckOrders::new),
          Map.entry("token", TokenOrders::new),
          Map.entry("script", ScriptOrders::new),
          Map.entry("mirror", MirrorOrders::new),
          Map.entry("backup", BackupOrders.Take::new),
          Map.entry("doctor", DoctorOrder::new),
          Map.entry("version", VersionOrder::new));

  private static final List<String> HELP = List.of("help", "--help", "-h");
  private static final int REFUSED = 1;
  private static final int USAGE = 2;
  private static final int UNREACHABLE = 3;

  private Main() {}

  static void main(String[] arguments) {
    System.setOut(utf8(FileDescriptor.out));
    System.setErr(utf8(FileDescriptor.err));
    if (System.getenv("FETTLE_TRAINING") != null) train();
    System.exit(run(arguments));
  }

  /** Runs one command line and gives its exit code. */
  static int run(String... arguments) {
    return run(System.getenv(), arguments);
  }

  static int run(Map<String, String> environment, String... arguments) {
    if (arguments.length == 0 || HELP.contains(arguments[0])) {
      System.out.println(Help.text());
      return 0;
    }
    Supplier<Object> command = COMMANDS.get(arguments[0]);
    if (command == null)
      return wrongUsage("there is no command '" + arguments[0] + "'", List.of(arguments));
    CommandLine line = new CommandLine(command.get());
    give(line, environment);
    line.setCommandName("fettle " + arguments[0]);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(
        (e, words) -> wrongUsage(String.valueOf(e.getMessage()), List.of(words)));
    line.setExecutionExceptionHandler((e, failed, parsed) -> failed(e, List.of(arguments)));
    return line.execute(Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private static void give(CommandLine line, Map<String, String> environment) {
    if (line.getCommand() instanceof Order order) order.environment = environment;
    line.getSubcommands().values().forEach(inner -> give(inner, environment));
  }

  private static int wrongUsage(String sentence, List<String> arguments) {
    return fail(Refused.because(sentence + "; see './fettle help'"), arguments, USAGE);
  }

  private static int failed(Exception e, List<String> arguments) {
    return switch (e) {
      case Refused refused -> fail(refused, arguments, REFUSED);
      case Unreachable away -> fail(Refused.because(away.sentence()), arguments, UNREACHABLE);
      default -> fail(Refused.because(e.toString()), arguments, REFUSED);
    };
  }

  /** A script that asked for JSON gets its one document for a failure too. */
  private static int fail(Refused refused, List<String> arguments, int code) {
    refused.lines().forEach(Main::error);
    if (arguments.contains("--json")) print(refused.document());
    return code;
  }

  private static void print(byte[] document) {
    System.out.write(document, 0, document.length);
    System.out.println();
    System.out.flush();
  }

  private static void error(String line) {
    System.err.println("fettle: " + Words.safe(line));
  }

  /** Loads what every command loads, for the JVM's cache. */
  private static void train() {
    PrintStream out = System.out;
    System.setOut(System.err);
    for (List<String> order :
        List.of(
            List.of("faults"), List.of("tickets"), List.of("find", "nothing"), List.of("version")))
      run(order.toArray(String[]::new));
    System.setOut(out);
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
