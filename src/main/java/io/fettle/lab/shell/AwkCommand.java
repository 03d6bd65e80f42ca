package io.fettle.lab.shell;

import io.fettle.lab.shell.AwkParser.Program;
import io.fettle.lab.shell.AwkParser.Rule;
import io.fettle.lab.shell.AwkRun.Jump;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;

/**
 * {@code awk} as POSIX has it, without functions of one's own, {@code getline} and redirections.
 */
final class AwkCommand {
  private static final Map<String, Program> KNOWN = Recent.of(256);

  private AwkCommand() {}

  static int run(Command.Call call) {
    AwkRun run = new AwkRun(call.out());
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (!rest.isEmpty()) rest.add(arg);
      else if (arg.equals("-F")) run.set("FS", AwkCell.string(separator(call.arg(++i, " "))));
      else if (arg.startsWith("-F")) run.set("FS", AwkCell.string(separator(arg.substring(2))));
      else if (arg.equals("-v")) assign(run, call.arg(++i, ""));
      else if (arg.startsWith("-v")) assign(run, arg.substring(2));
      else if (!arg.equals("--")) rest.add(arg);
    }
    if (rest.isEmpty()) return call.fail(2, "usage: awk [-F fs][-v var=value][prog][file ...]");
    try {
      Program program = KNOWN.computeIfAbsent(rest.getFirst(), AwkParser::parse);
      return run(program, run, call, rest.subList(1, rest.size()));
    } catch (ShellSyntax | PatternSyntaxException e) {
      return call.fail(2, String.valueOf(e.getMessage()));
    }
  }

  private static String separator(String given) {
    return given.equals("t") || given.equals("\\t") ? "\t" : given;
  }

  private static void assign(AwkRun run, String assignment) {
    int eq = assignment.indexOf('=');
    if (eq > 0)
      run.set(
          assignment.substring(0, eq),
          AwkCell.input(assignment.substring(eq + 1).replace("\\n", "\n").replace("\\t", "\t")));
  }

  private static int run(Program program, AwkRun run, Command.Call call, List<String> files) {
    boolean goOn = each(program.begin(), run);
    if (goOn && !(program.rules().isEmpty() && program.end().isEmpty())) {
      String text = TextCommands.input(call, files);
      if (text == null) return 2;
      goOn = lines(program.rules(), run, text);
    }
    each(program.end(), run);
    return run.status();
  }

  /** False when the program wants to exit. */
  private static boolean each(List<AwkParser.Act> acts, AwkRun run) {
    try {
      for (AwkParser.Act act : acts) act.run(run);
      return true;
    } catch (Jump jump) {
      return false;
    }
  }

  private static boolean lines(List<Rule> rules, AwkRun run, String text) {
    boolean[] inside = new boolean[rules.size()];
    for (String line : TextCommands.lines(text)) {
      run.step();
      run.record(line);
      try {
        for (int i = 0; i < rules.size(); i++)
          if (fits(rules.get(i), i, inside, run)) rules.get(i).act().run(run);
      } catch (Jump jump) {
        if (jump.to() == Jump.To.EXIT) return false;
      }
    }
    return true;
  }

  private static boolean fits(Rule rule, int index, boolean[] inside, AwkRun run) {
    if (rule.when() == null) return true;
    if (rule.to() == null) return rule.when().of(run).truth();
    if (!inside[index] && !rule.when().of(run).truth()) return false;
    inside[index] = !rule.to().of(run).truth();
    return true;
  }
}
