package io.fettle.lab.shell;

import io.fettle.lab.shell.Node.Assignment;
import io.fettle.lab.shell.Node.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs parsed scripts: one shell per exec, with the work limited so that a loop without end stops.
 */
public final class Shell {
  private static final int MOST_STEPS = 200_000;
  private static final Duration LONGEST = Duration.ofHours(1);

  /** Scripts that are run again and again are parsed once. */
  private static final Map<String, Node> KNOWN = Recent.of(256);

  private static final class Leave extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Why why;
    private int levels;
    private final int status;

    enum Why {
      EXIT,
      RETURN,
      BREAK,
      CONTINUE
    }

    Leave(Why why, int levels, int status) {
      super(null, null, false, false);
      this.why = why;
      this.levels = levels;
      this.status = status;
    }
  }

  /**
   * The streams a command sees.
   *
   * @param more descriptors from 3 up
   */
  record Streams(In in, Out out, Out err, Map<Integer, Out> more) {
    Streams(In in, Out out, Out err) {
      this(in, out, err, Map.of());
    }

    /** The same descriptors behind another input and output: a part of a pipeline. */
    Streams piped(In from, Out to) {
      return new Streams(from, to, err, more);
    }
  }

  private final Host host;
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, Node> functions = new HashMap<>();
  private final Map<Integer, Out> opened = new HashMap<>();
  private final Expansion expansion = new Expansion(this);
  private List<String> positional = List.of();
  private String cwd = "/root";
  private String user = "root";
  private String name = "sh";
  private int status;
  private int[] steps = {0};

  /** Until when {@code timeout} lets it run, by {@link System#nanoTime}; empty: without an end. */
  private Deque<Long> ends = new ArrayDeque<>();

  private boolean exitOnError;
  private boolean keepFiles;
  private int conditionDepth;
  private int umask = 022;

  public Shell(Host host, String user) {
    this.host = host;
    this.user = user;
    variables.put("HOME", user.equals("root") ? "/root" : "/home/" + user);
    variables.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    variables.put("USER", user);
    variables.put("LOGNAME", user);
    variables.put("PWD", variables.get("HOME"));
    variables.put("IFS", " \t\n");
    cwd = variables.getOrDefault("HOME", "/");
  }

  /** The result of a whole script. */
  public record Result(int exit, byte[] out, byte[] err) {}

  /** Runs a script to its end. */
  public Result run(String script, In stdin) {
    Out out = new Out();
    Out err = new Out();
    int exit;
    int before = host.fs().actor(uid(user));
    try {
      exit = execute(Parser.parse(script), new Streams(stdin, out, err));
    } catch (Leave e) {
      exit = e.status;
    } catch (ShellSyntax e) {
      err.line("sh: 1: " + e.getMessage());
      exit = 2;
    } catch (StackOverflowError e) {
      err.line("sh: maximum nesting exceeded");
      exit = 2;
    } finally {
      host.fs().actor(before);
    }
    return new Result(exit & 0xff, out.bytes(), err.bytes());
  }

  /** A child with copies of everything: a subshell, or {@code sh -c}. */
  Shell child() {
    Shell child = new Shell(host, user);
    child.variables.clear();
    child.variables.putAll(variables);
    child.functions.putAll(functions);
    child.opened.putAll(opened);
    child.positional = positional;
    child.cwd = cwd;
    child.name = name;
    child.status = status;
    child.steps = steps;
    child.ends = ends;
    child.exitOnError = exitOnError;
    child.keepFiles = keepFiles;
    child.umask = umask;
    return child;
  }

  /**
   * Stands still.
   *
   * @return false when {@code timeout} ended it before its time
   */
  boolean sleep(Duration time) {
    long most = LONGEST.toNanos();
    long now = System.nanoTime();
    for (long end : ends) most = Math.min(most, Math.max(0, end - now));
    boolean whole = time.compareTo(Duration.ofNanos(most)) <= 0;
    int actor = host.fs().actor(0);
    host.pause(whole ? time : Duration.ofNanos(most));
    host.fs().actor(actor);
    return whole;
  }

  /** Runs words that end by then; 124 when their time was over. */
  int within(Duration time, List<String> words, Streams io) {
    long end = System.nanoTime() + time.toNanos();
    ends.push(end);
    try {
      int code = call(words, io);
      return System.nanoTime() < end ? code : 124;
    } finally {
      ends.pop();
    }
  }

  int uid(String name) {
    return new Passwd(host.fs()).uid(name);
  }

  /** Runs text in a child, as {@code sh -c text name args} does, perhaps as another user. */
  int runChild(String text, String name, List<String> args, @Nullable String as, Streams streams) {
    Shell child = child();
    child.name = name;
    child.functions.clear();
    child.exitOnError = false;
    child.keepFiles = false;
    child.positional = args;
    if (as != null) {
      child.user = as;
      child.variables.put("USER", as);
      child.variables.put("LOGNAME", as);
      child.variables.put("HOME", as.equals("root") ? "/root" : "/home/" + as);
    }
    int before = host.fs().actor();
    if (as != null) host.fs().actor(uid(as));
    try {
      return child.execute(KNOWN.computeIfAbsent(text, Parser::parse), streams);
    } catch (Leave e) {
      return e.status;
    } catch (ShellSyntax e) {
      streams.err().line("sh: 1: " + e.getMessage());
      return 2;
    } finally {
      host.fs().actor(before);
    }
  }

  /** Runs text as another user with a command's streams. */
  public int runAs(String as, String text, Command.Call call) {
    return runChild(text, "sh", List.of(), as, Commands.streams(call));
  }

  int execute(Node node, Streams io) {
    if (++steps[0] > MOST_STEPS) throw new Leave(Leave.Why.EXIT, 0, 124);
    status =
        switch (node) {
          case Node.Sequence sequence -> sequence(sequence, io);
          case Node.AndOr(Node left, boolean and, Node right) -> {
            int first = condition(left, io);
            yield (first == 0) == and ? execute(right, io) : first;
          }
          case Node.Pipeline pipeline -> pipeline(pipeline, io);
          case Node.Simple simple -> simple(simple, io);
          case Node.If(Node test, Node then, Node otherwise) -> {
            if (condition(test, io) == 0) yield execute(then, io);
            yield otherwise == null ? 0 : execute(otherwise, io);
          }
          case Node.Loop loop -> loop(loop, io);
          case Node.For loop -> forLoop(loop, io);
          case Node.Case choice -> choose(choice, io);
          case Node.Group(Node body, boolean subshell) ->
              subshell ? subshell(body, io) : execute(body, io);
          case Node.Redirected(Node body, List<Redirect> redirects) ->
              redirected(redirects, io, s -> execute(body, s));
          case Node.Function(String name, Node body) -> {
            functions.put(name, body);
            yield 0;
          }
          case Node.Background(Node body) -> subshell(body, io) * 0;
        };
    return status;
  }

  private int sequence(Node.Sequence sequence, Streams io) {
    int last = 0;
    for (Node part : sequence.parts()) {
      last = execute(part, io);
      boolean guarded = part instanceof Node.AndOr || (part instanceof Node.Pipeline p && p.not());
      if (last != 0 && exitOnError && conditionDepth == 0 && !guarded)
        throw new Leave(Leave.Why.EXIT, 0, last);
    }
    return last;
  }

  private int condition(Node node, Streams io) {
    conditionDepth++;
    try {
      return execute(node, io);
    } finally {
      conditionDepth--;
    }
  }

  int subshell(Node body, Streams io) {
    Shell child = child();
    try {
      return child.execute(body, io);
    } catch (Leave e) {
      return e.status;
    }
  }

  private int pipeline(Node.Pipeline pipeline, Streams io) {
    In in = io.in();
    int last = 0;
    List<Node> parts = pipeline.parts();
    for (int i = 0; i < parts.size(); i++) {
      boolean final_ = i == parts.size() - 1;
      Out out = final_ ? io.out() : new Out();
      Streams streams = io.piped(in, out);
      last = parts.size() == 1 ? condition(parts.get(i), streams) : subshell(parts.get(i), streams);
      in = new In(out.bytes());
    }
    if (!pipeline.not()) return last;
    return last == 0 ? 1 : 0;
  }

  private int loop(Node.Loop loop, Streams io) {
    int last = 0;
    while ((condition(loop.condition(), io) == 0) != loop.until()) {
      try {
        last = execute(loop.body(), io);
      } catch (Leave e) {
        if (e.why == Leave.Why.EXIT || e.why == Leave.Why.RETURN || --e.levels > 0) throw e;
        if (e.why == Leave.Why.BREAK) break;
      }
    }
    return last;
  }

  private int forLoop(Node.For loop, Streams io) {
    List<Word> words = loop.words();
    List<String> values = words == null ? positional : expansion.fields(words, io);
    int last = 0;
    for (String value : values) {
      variables.put(loop.name(), value);
      try {
        last = execute(loop.body(), io);
      } catch (Leave e) {
        if (e.why == Leave.Why.EXIT || e.why == Leave.Why.RETURN || --e.levels > 0) throw e;
        if (e.why == Leave.Why.BREAK) break;
      }
    }
    return last;
  }

  private int choose(Node.Case choice, Streams io) {
    String subject = expansion.single(choice.word(), io);
    for (Node.Branch branch : choice.branches()) {
      for (Word pattern : branch.patterns()) {
        if (Glob.matches(expansion.pattern(pattern, io), subject))
          return execute(branch.body(), io);
      }
    }
    return 0;
  }

  private int simple(Node.Simple simple, Streams io) {
    List<String> words = expansion.fields(simple.words(), io);
    return redirected(
        simple.redirects(),
        io,
        streams -> {
          if (words.equals(List.of("exec"))) {
            opened.putAll(streams.more());
            return 0;
          }
          if (words.isEmpty()) {
            int before = status;
            status = 0;
            for (Assignment a : simple.assignments())
              variables.put(a.name(), expansion.single(a.value(), streams));
            return simple.words().isEmpty() && simple.assignments().isEmpty() ? before : status;
          }
          Map<String, @Nullable String> saved = new HashMap<>();
          for (Assignment a : simple.assignments()) {
            saved.put(a.name(), variables.get(a.name()));
            variables.put(a.name(), expansion.single(a.value(), streams));
          }
          try {
            return call(words, streams);
          } finally {
            saved.forEach((name, value) -> {
              if (value == null) variables.remove(name);
              else variables.put(name, value);
            });
          }
        });
  }

  private interface Body {
    int run(Streams streams);
  }

  private int redirected(List<Redirect> redirects, Streams io, Body body) {
    if (redirects.isEmpty()) return body.run(io);
    In in = io.in();
    Out out = io.out();
    Out err = io.err();
    Map<Integer, Out> more = new HashMap<>(io.more());
    List<Runnable> after = new ArrayList<>();
    for (Redirect redirect : redirects) {
      String target = expansion.single(redirect.target(), io);
      switch (redirect.op()) {
        case "<<" -> in = new In(target.getBytes(StandardCharsets.UTF_8));
        case "<" -> {
          if (target.equals("/dev/null")) {
            in = In.empty();
            break;
          }
          String path = Fs.normal(target, cwd);
          Fs.Inode inode = host.fs().at(path, true).orElse(null);
          if (inode == null) {
            err.line("sh: 1: cannot open " + target + ": No such file");
            return 2;
          }
          if (!host.fs().reachable(path) || !host.fs().may(inode, 4)) {
            err.line("sh: 1: cannot open " + target + ": Permission denied");
            return 2;
          }
          in = new In(inode.bytes());
        }
        case ">&", "<&" -> {
          Out source =
              switch (target) {
                case "1" -> out;
                case "2" -> err;
                case "-" -> new Out();
                default ->
                    more.getOrDefault(
                        digits(target), opened.getOrDefault(digits(target), new Out()));
              };
          if (redirect.fd() == 1) out = source;
          else if (redirect.fd() == 2) err = source;
          else if (redirect.fd() > 2) more.put(redirect.fd(), source);
        }
        default -> {
          Out file = Out.file();
          if (redirect.fd() == 2) err = file;
          else if (redirect.fd() == 1) out = file;
          else more.put(redirect.fd(), file);
          if (target.equals("/dev/null")) break;
          String path = Fs.normal(target, cwd);
          if (keepFiles && redirect.op().equals(">") && holdsFile(path)) {
            io.err().line("sh: 1: cannot create " + target + ": File exists");
            return 2;
          }
          int mode = 0666 & ~umask;
          String problem = host.fs().write(path, new byte[0], redirect.op().equals(">>"), mode);
          if (problem != null) {
            io.err().line("sh: 1: cannot create " + target + ": " + problem);
            return 2;
          }
          boolean append = redirect.op().equals(">>");
          after.add(() -> {
            if (!path.startsWith("/tmp/") && !path.startsWith("/dev/") && !path.startsWith("/run/"))
              host.journal("write " + path);
            host.fs().write(path, file.bytes(), append, mode);
          });
        }
      }
    }
    try {
      return body.run(new Streams(in, out, err, more));
    } finally {
      after.forEach(Runnable::run);
    }
  }

  /** What {@code set -C} does not write over: a file, or a link that leads nowhere. */
  private boolean holdsFile(String path) {
    return host.fs()
        .at(path, true)
        .or(() -> host.fs().at(path, false))
        .filter(i -> i.kind == Fs.Kind.FILE || i.kind == Fs.Kind.LINK)
        .isPresent();
  }

  /**
   * Runs a command by name: functions, then built-ins that touch the shell, then the machine's
   * commands; else 127.
   */
  int call(List<String> words, Streams io) {
    if (++steps[0] > MOST_STEPS) throw new Leave(Leave.Why.EXIT, 0, 124);
    String name = words.getFirst();
    List<String> args = words.subList(1, words.size());
    Node function = functions.get(name);
    if (function != null) {
      List<String> saved = positional;
      positional = List.copyOf(args);
      try {
        return execute(function, io);
      } catch (Leave e) {
        if (e.why != Leave.Why.RETURN) throw e;
        return e.status;
      } finally {
        positional = saved;
      }
    }
    Integer builtin = builtin(name, args, io);
    if (builtin != null) return builtin;
    String base = name.substring(name.lastIndexOf('/') + 1);
    Command command = host.commands().get(base);
    if (command == null) command = Commands.ALL.get(base);
    if (command == null) {
      io.err().line("sh: 1: " + name + ": not found");
      return 127;
    }
    return command.run(new Command.Call(this, host, base, args, io.in(), io.out(), io.err()));
  }

  private @Nullable Integer builtin(String name, List<String> args, Streams io) {
    return switch (name) {
      case ":" -> 0;
      case "exit" -> throw new Leave(Leave.Why.EXIT, 0, number(args, status));
      case "return" -> throw new Leave(Leave.Why.RETURN, 0, number(args, status));
      case "break" -> throw new Leave(Leave.Why.BREAK, number(args, 1), 0);
      case "continue" -> throw new Leave(Leave.Why.CONTINUE, number(args, 1), 0);
      case "cd" -> cd(args, io);
      case "set" -> set(args);
      case "shift" -> {
        int n = number(args, 1);
        if (n > positional.size()) yield 1;
        positional = positional.subList(n, positional.size());
        yield 0;
      }
      case "unset" -> {
        args.forEach(variables::remove);
        yield 0;
      }
      case "export", "local", "readonly" -> {
        for (String arg : args) {
          int eq = arg.indexOf('=');
          if (eq > 0) variables.put(arg.substring(0, eq), arg.substring(eq + 1));
        }
        yield 0;
      }
      case ".", "source" -> source(args, io);
      case "eval" -> execute(Parser.parse(String.join(" ", args)), io);
      case "read" -> read(args, io);
      case "umask" -> {
        if (args.isEmpty()) io.out().line("%04o".formatted(umask));
        else if (args.getFirst().matches("[0-7]{1,4}"))
          umask = Integer.parseInt(args.getFirst(), 8);
        yield 0;
      }
      case "trap", "ulimit", "wait" -> 0;
      case "exec" -> {
        if (args.isEmpty()) yield 0;
        throw new Leave(Leave.Why.EXIT, 0, call(args, io));
      }
      case "command", "type" -> lookup(name, args, io);
      default -> null;
    };
  }

  private int source(List<String> args, Streams io) {
    String path = Fs.normal(args.isEmpty() ? "" : args.getFirst(), cwd);
    String text = host.fs().read(path).orElse(null);
    if (text != null) return execute(KNOWN.computeIfAbsent(text, Parser::parse), io);
    io.err().line("sh: 1: .: cannot open " + path + ": No such file");
    throw new Leave(Leave.Why.EXIT, 0, 2);
  }

  private int lookup(String name, List<String> args, Streams io) {
    boolean ask = name.equals("type") || args.contains("-v") || args.contains("-V");
    List<String> names = args.stream().filter(a -> !a.startsWith("-")).toList();
    if (!ask) return call(names, io);
    for (String each : names) {
      String base = each.substring(each.lastIndexOf('/') + 1);
      if (!host.commands().containsKey(base)
          && !Commands.ALL.containsKey(base)
          && !functions.containsKey(each)) return 127;
      io.out().line(each.startsWith("/") ? each : "/usr/bin/" + each);
    }
    return 0;
  }

  private int cd(List<String> args, Streams io) {
    int i = 0;
    boolean physical = false;
    while (i < args.size() && args.get(i).matches("-[LP]+|--")) {
      String option = args.get(i++);
      if (option.equals("--")) break;
      physical = option.endsWith("P");
    }
    String wanted = i < args.size() ? args.get(i) : variables.getOrDefault("HOME", "/");
    String to = Fs.normal(wanted, cwd);
    if (host.fs()
            .at(to, true)
            .filter(f -> f.kind == Fs.Kind.FOLDER && host.fs().may(f, 1))
            .isEmpty()
        || !host.fs().reachable(to)) {
      io.err().line("sh: 1: cd: can't cd to " + wanted);
      return 2;
    }
    if (physical) to = Objects.requireNonNullElse(host.fs().real(to, true), to);
    cwd = to;
    variables.put("PWD", to);
    return 0;
  }

  private int set(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals("--")) {
        positional = List.copyOf(args.subList(i + 1, args.size()));
        return 0;
      }
      boolean on = arg.startsWith("-");
      if (arg.matches("[-+]o")) {
        String option = i + 1 < args.size() ? args.get(++i) : "";
        if (option.equals("noclobber")) keepFiles = on;
        if (option.equals("errexit")) exitOnError = on;
        continue;
      }
      if (arg.matches("[-+][A-Za-z]*C.*")) keepFiles = on;
      if (arg.startsWith("-") && arg.contains("e")) exitOnError = true;
      else if (arg.startsWith("+") && arg.contains("e")) exitOnError = false;
      else if (!arg.startsWith("-") && !arg.startsWith("+")) {
        positional = List.copyOf(args.subList(i, args.size()));
        return 0;
      }
    }
    return 0;
  }

  private int read(List<String> args, Streams io) {
    List<String> names = args.stream().filter(a -> !a.startsWith("-")).toList();
    String line = io.in().line();
    if (line == null) return 1;
    String ifs = variables.getOrDefault("IFS", " \t\n");
    String rest = ifs.isBlank() ? line.stripLeading() : line;
    for (int i = 0; i < names.size(); i++) {
      if (i == names.size() - 1) {
        variables.put(names.get(i), ifs.isEmpty() ? rest : rest.strip());
        break;
      }
      int cut = -1;
      for (int k = 0; k < rest.length() && cut < 0; k++)
        if (ifs.indexOf(rest.charAt(k)) >= 0) cut = k;
      variables.put(names.get(i), cut < 0 ? rest : rest.substring(0, cut));
      rest = cut < 0 ? "" : rest.substring(cut + 1);
      if (ifs.isBlank()) rest = rest.stripLeading();
    }
    return 0;
  }

  private static int digits(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
  }

  private static int number(List<String> args, int fallback) {
    try {
      return args.isEmpty() ? fallback : Integer.parseInt(args.getFirst());
    } catch (NumberFormatException e) {
      return 2;
    }
  }

  Host host() {
    return host;
  }

  /** {@code $0}. */
  String name() {
    return name;
  }

  String cwd() {
    return cwd;
  }

  /** The user this shell runs as. */
  public String user() {
    return user;
  }

  int umask() {
    return umask;
  }

  int status() {
    return status;
  }

  void status(int to) {
    status = to;
  }

  List<String> positional() {
    return positional;
  }

  @Nullable String variable(String name) {
    return variables.get(name);
  }

  void assign(String name, String value) {
    variables.put(name, value);
  }

  Map<String, String> variables() {
    return variables;
  }
}
