package io.fettle.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/**
 * {@code ./fettle COMMAND}. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the server is
 * not reachable.
 */
@Command(
    name = "fettle",
    subcommands = {
      StatusOrder.class,
      FindOrder.class,
      MachineOrder.class,
      FaultOrders.Many.class,
      FaultOrders.One.class,
      TicketsOrder.class,
      ImportOrder.class,
      CredentialOrders.class,
      HostKeyOrders.class,
      AccountOrders.class,
      PolicyOrders.class,
      FreezeOrder.class,
      CheckOrders.class,
      TokenOrders.class,
      DoctorOrder.class,
      VersionOrder.class
    })
public final class Main {
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
    if (arguments.length == 0 || arguments[0].equals("help")) {
      System.out.println(Help.text());
      return 0;
    }
    CommandLine line = new CommandLine(Main.class, Main::make);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(Main::wrongUsage);
    line.setExecutionExceptionHandler(Main::failed);
    return line.execute(arguments);
  }

  private static <T> T make(Class<T> type) throws Exception {
    if (type == Main.class) return type.cast(new Main());
    return CommandLine.defaultFactory().create(type);
  }

  private static int wrongUsage(CommandLine.ParameterException e, String[] arguments) {
    String usage = e.getCommandLine().getCommandSpec().qualifiedName(" ");
    error(e.getMessage() + "; see './" + usage + " --help' or './fettle help'");
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
