package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.dunlin.bridge.AlwaysAllowed;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.CommandModule;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/commands.md is what the declarations make of it, docs/limits.md the named limits. */
class CommandsDocTest {
  private static final Pattern LIMIT =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*?\\b(?:Over|Beyond)(?:(?!\\*/).)*?)\\*/\\s*(?:public |private )?"
              + "static final [\\w.]+ (\\w+) =\\s*([^;]+);",
          Pattern.DOTALL);

  private static final Pattern NUMBER = Pattern.compile("([\\d_]+)L?(?: << (\\d+))?");
  private static final Pattern TIME = Pattern.compile("Duration\\.of(\\w+)\\(([\\d_]+)\\)");
  private static final Map<String, String> UNITS =
      Map.of("Millis", "ms", "Seconds", "s", "Minutes", "min", "Hours", "h", "Days", "d");

  private static final Path HOME = Path.of("").toAbsolutePath().getParent();

  @Test
  void theReferenceOfTheCommandsIsThatOfTheDeclarations() throws IOException {
    String text =
        """
        # Commands

        Made by `CommandsDocTest` from the declarations of the commands (`DUNLIN_WRITE=1` writes it anew). What a command takes and answers
        stands in [bridge.md](bridge.md); its own module `push` too.

        * Resource: what follows the function in the URL. `file` is an absolute path, of which the real one is checked too; *the link itself* says that
          a link at its end is not followed. `text` is matched as it stands. `handle` is the id of something opened, whose permission was the opening.
        * Access: what a call without parameters does to a path; the app's own files need a source of `writeFile` for all but `read`.
        * Allowed by: `policy` is the page's Content Security Policy; else who may always call it, and why.
        * Runs: on a worker (may block), on the event loop, or where its call arrives.
        * Errors: every command may fail with `ERR_INVALID_CALL`, `ERR_TOO_MANY_CALLS`, `ERR_CANCELLED` and `ERR_INTERNAL`; one that a policy decides
          with `ERR_ACCESS_DENIED`, one of a handle with `ERR_UNKNOWN_HANDLE`, one of a file with the system's codes (`ENOENT`, `EACCES`, …), one that
          opens something with `EMFILE`; on the call lane also with `ERR_REPLY_TOO_LARGE`.

        | command | resource | access | allowed by | runs |
        | --- | --- | --- | --- | --- |
        %s
        Every bound, and what exceeding it does: [limits.md](limits.md).
        """
            .formatted(commands());
    assertIsPage("docs/commands.md", text);
  }

  @Test
  void theTableOfLimitsIsThatOfTheConstants() throws IOException {
    String text =
        """
        # Limits

        Made by `CommandsDocTest` from the constants in the sources whose comment says what exceeding them does (`DUNLIN_WRITE=1` writes it anew).
        `LoadSuite` goes to those that a page can reach, and beyond, in Chromium.

        | constant | value | |
        | --- | --- | --- |
        %s"""
            .formatted(limits());
    assertIsPage("docs/limits.md", text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "256 | 256",
        "10_000 | 10,000",
        "16 << 20 | 16,777,216",
        "1L << 40 | 1,099,511,627,776",
        "Duration.ofMillis(3) | 3 ms",
        "Duration.ofSeconds(60) | 60 s",
        "Duration.ofMinutes(2) | 2 min",
        "2 * OTHER | `2 * OTHER`"
      })
  void valuesAreShownAsPeopleReadThem(String expression, String shown) {
    assertEquals(shown, value(expression));
  }

  private static void assertIsPage(String name, String text) throws IOException {
    Path file = HOME.resolve(name);
    if (System.getenv("DUNLIN_WRITE") != null) {
      Files.writeString(file, text);
    }
    assertEquals(
        text,
        Files.exists(file) ? Files.readString(file) : "",
        name + " is old: run this test with DUNLIN_WRITE=1");
  }

  private static String commands() {
    Map<String, AlwaysAllowed> always = new TreeMap<>();
    for (AlwaysAllowed one : AlwaysAllowed.values()) {
      always.put(one.command(), one);
    }
    TreeSet<String> rows = new TreeSet<>();
    for (CommandModule module : DeclaredModules.all()) {
      for (Command command : module.commands()) {
        rows.add(row(module.name().replace('_', '-'), command, always));
      }
    }
    return String.join("", rows);
  }

  private static String row(String module, Command command, Map<String, AlwaysAllowed> always) {
    String name = module + "/" + command.function();
    boolean onHandle = command.resource() instanceof Resource.Handle;
    AlwaysAllowed one = always.get(name);
    return "| `ipc://"
        + (onHandle ? "handle/" : "")
        + name
        + (command.resource() instanceof Resource.None ? "" : onHandle ? "/H" : "/*")
        + "` | "
        + resource(command.resource())
        + " | "
        + access(command.resource())
        + " | "
        + (onHandle
            ? "its opening"
            : command.permission() != Command.Permission.ALWAYS
                ? command.permission() == Command.Permission.POLICY
                    ? "policy"
                    : "policy, and the person; top document alone"
                : (one.callers() == AlwaysAllowed.Callers.TOP ? "top document: " : "always: ")
                    + one.reason())
        + " | "
        + command.runsOn().name().toLowerCase(Locale.ROOT).replace('_', ' ')
        + " |\n";
  }

  private static String resource(Resource resource) {
    if (resource instanceof Resource.File file) {
      return "file"
          + (file.last() == Command.LastSegment.NO_FOLLOW ? ", the link itself" : "")
          + (file.alsoParam().isEmpty() ? "" : "; and `" + file.alsoParam() + "`");
    }
    return resource instanceof Resource.None
        ? ""
        : resource.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static String access(Resource resource) {
    return resource instanceof Resource.File file
        ? plainAccess(file).name().toLowerCase(Locale.ROOT)
        : "";
  }

  /** What a call without parameters does to the path. */
  static Command.Access plainAccess(Resource.File file) {
    Call plain =
        (Call)
            Proxy.newProxyInstance(
                Call.class.getClassLoader(),
                new Class<?>[] {Call.class},
                (self, method, arguments) ->
                    switch (method.getName()) {
                      case "params" -> JsonNodeFactory.instance.objectNode();
                      case "param", "body" -> Optional.empty();
                      default -> throw new AssertionError("access goes by " + method.getName());
                    });
    return file.access().apply(plain);
  }

  private static String limits() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (String module : List.of("scheduler", "bridge", "net", "bt", "shell")) {
      Path sources = HOME.resolve(module).resolve("src/main/java");
      if (!Files.isDirectory(sources)) {
        continue;
      }
      List<Path> files;
      try (Stream<Path> all = Files.walk(sources)) {
        files = all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
      }
      for (Path file : files) {
        Matcher limit = LIMIT.matcher(Files.readString(file));
        while (limit.find()) {
          String name = file.getFileName().toString().replace(".java", "");
          rows.append("| `" + name + "." + limit.group(2) + "` | ");
          rows.append(value(limit.group(3).strip().replaceAll("\\s+", " ")) + " | ");
          rows.append(plain(limit.group(1)) + " |\n");
        }
      }
    }
    assertTrue(rows.length() > 0, "no limit found: the pattern is wrong");
    return rows.toString();
  }

  /** A number or a time as people read it; what is neither as it stands. */
  private static String value(String expression) {
    Matcher number = NUMBER.matcher(expression);
    if (number.matches()) {
      long shifted = Long.parseLong(number.group(1).replace("_", ""));
      shifted <<= number.group(2) == null ? 0 : Integer.parseInt(number.group(2));
      return String.format(Locale.ROOT, "%,d", shifted);
    }
    Matcher time = TIME.matcher(expression);
    return time.matches()
        ? time.group(2).replace("_", "") + " " + UNITS.get(time.group(1))
        : "`" + expression.replace("|", "\\|") + "`";
  }

  private static String plain(String javadoc) {
    String text =
        javadoc
            .lines()
            .map(line -> line.strip().replaceFirst("^\\*\\s?", ""))
            .collect(Collectors.joining(" "))
            .strip();
    return text.replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
        .replaceAll("\\s+", " ")
        .replace("|", "\\|");
  }
}
