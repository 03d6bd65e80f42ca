package io.fettle.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

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
          Map.entry("tickets", TicketsOrder::new),
          Map.entry("import", ImportOrder::new),
          Map.entry("credential", CredentialOrders::new),
          Map.entry("hostkey", HostKeyOrders::new),
          Map.entry("account", AccountOrders::new),
          Map.entry("policy", PolicyOrders::new),
          Map.entry("freeze", FreezeOrder::new),
          Map.entry("check", CheckOrders::new),
          Map.entry("token", TokenOrders::new),
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
    if (arguments.length == 0 || HELP.contains(arguments[0])) {
      System.out.println(Help.text());
      return 0;
    }
    Supplier<Object> command = COMMANDS.get(arguments[0]);
    if (command == null) {
      error("there is no command '" + arguments[0] + "'; see './fettle help'");
      return USAGE;
    }
    CommandLine line = new CommandLine(command.get());
    line.setCommandName("fettle " + arguments[0]);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(Main::wrongUsage);
    line.setExecutionExceptionHandler(Main::failed);
    return line.execute(Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private static int wrongUsage(CommandLine.ParameterException e, String[] arguments) {
    error(e.getMessage() + "; see './fettle help'");
    return USAGE;
  }

  private static int failed(Exception e, CommandLine line, @Nullable ParseResult parsed) {
    return switch (e) {
      case Refused refused -> {
        refused.lines().forEach(Main::error);
        if (line.getCommand() instanceof Order order && order.json) print(refused.document());
        yield REFUSED;
      }
      case Unreachable unreachable -> {
        error(unreachable.sentence());
        yield UNREACHABLE;
      }
      case CommandLine.ParameterException wrong -> wrongUsage(wrong, new String[0]);
      default -> {
        error(e.toString());
        yield REFUSED;
      }
    };
  }

  private static void print(byte[] document) {
    System.out.write(document, 0, document.length);
    System.out.println();
    System.out.flush();
  }

  private static void error(@Nullable String line) {
    System.err.println("fettle: " + Words.safe(String.valueOf(line)));
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
