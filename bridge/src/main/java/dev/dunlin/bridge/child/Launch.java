package dev.dunlin.bridge.child;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.fs.Errno;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a page asks to be started, read from a call's parameters and checked.
 *
 * @param program as the page will know it in errors
 * @param shell whether the program is a shell
 */
record Launch(String program, boolean shell, ProcessSpec spec) {
  /** Arguments of one start. Over: {@code E2BIG}, as the system says of too many bytes of them. */
  static final int ARGUMENTS = 100_000;

  private static final boolean WINDOWS = File.separatorChar == '\\';

  /** Of our environment, what every child gets unless the page gives another value. */
  private static final Set<String> BASE =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "LANG",
          "LANGUAGE",
          "TZ",
          "TMPDIR",
          "TERM",
          // Windows: without these few programs start.
          "SYSTEMROOT",
          "SYSTEMDRIVE",
          "WINDIR",
          "COMSPEC",
          "PATHEXT",
          "TEMP",
          "TMP",
          "USERPROFILE",
          "USERNAME",
          "APPDATA",
          "LOCALAPPDATA",
          "PROGRAMFILES",
          "PROGRAMDATA");

  /** Variables by which the system's loader runs somebody else's code in any program. */
  private static final List<String> LOADER = List.of("LD_", "DYLD_", "GCONV_PATH");

  /** A program that policy has allowed by its real path. */
  static Launch ofProgram(Call call) {
    Path program = call.path().real();
    if (!Files.exists(program)) {
      throw Errno.ENOENT.on("spawn", call.path().asked());
    } else if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      throw Errno.EACCES.on("spawn", call.path().asked());
    }
    List<String> argv = new ArrayList<>();
    argv.add(program.toString());
    argv.addAll(strings(call, "args"));
    Map<String, String> environment = environment(call);
    for (String name : environment.keySet()) {
      // Or the right to start one harmless program would be the right to run anything.
      if (LOADER.stream().anyMatch(name.toUpperCase(Locale.ROOT)::startsWith)) {
        throw new BridgeError(
            "NotAllowedError",
            "ERR_ACCESS_DENIED",
            "the variable "
                + name
                + " would make a program run code that no policy has seen: leave it out of env, or set"
                + " it in a command line with shell: true, if ipc://child-process/shell is allowed");
      }
    }
    return new Launch(call.path().asked(), false, spec(call, argv, environment));
  }

  /** A command line for a shell: policy has allowed any. */
  static Launch ofShell(Call call) {
    String command = text(call, "command").orElseThrow(() -> invalid("it needs 'command'"));
    String asked = text(call, "shell").orElse(WINDOWS ? "cmd.exe" : "/bin/sh");
    Path shell = Programs.find(asked, Optional.empty());
    List<String> argv =
        WINDOWS && shell.getFileName().toString().equalsIgnoreCase("cmd.exe")
            ? List.of(shell.toString(), "/d", "/s", "/c", command)
            : List.of(shell.toString(), "-c", command);
    return new Launch(asked, true, spec(call, argv, environment(call)));
  }

  private static ProcessSpec spec(Call call, List<String> argv, Map<String, String> environment) {
    Optional<Path> folder = text(call, "cwd").map(Launch::path);
    folder
        .filter(path -> !Files.isDirectory(path))
        .ifPresent(
            path -> {
              throw Errno.ENOENT.on("spawn", path.toString());
            });
    try {
      ProcessSpec spec =
          new ProcessSpec(
              argv,
              environment,
              folder,
              Stdio.PIPE,
              Stdio.PIPE,
              Stdio.PIPE,
              ParentDeath.DIE_WITH_GROUP);
      return spec.withStdio(stdio(call, "stdin"), stdio(call, "stdout"), stdio(call, "stderr"));
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage());
    }
  }

  private static Stdio stdio(Call call, String name) {
    String kind = text(call, name).orElse("pipe");
    return switch (kind) {
      case "pipe" -> Stdio.PIPE;
      case "ignore" -> Stdio.NULL;
      case "inherit" -> Stdio.INHERIT;
      default -> throw invalid("'" + name + "' is pipe, ignore or inherit, not '" + kind + "'");
    };
  }

  private static Map<String, String> environment(Call call) {
    Map<String, String> all = new HashMap<>();
    UserEnvironment.get()
        .forEach(
            (name, value) -> {
              String upper = WINDOWS ? name.toUpperCase(Locale.ROOT) : name;
              if (BASE.contains(upper) || upper.startsWith("LC_")) {
                all.put(name, value);
              }
            });
    call.param("env")
        .ifPresent(
            given ->
                given
                    .properties()
                    .forEach(
                        variable -> {
                          String name = variable.getKey();
                          String value = variable.getValue().asText();
                          if (name.isEmpty()
                              || name.indexOf('=') >= 0
                              || name.indexOf('\0') >= 0
                              || value.indexOf('\0') >= 0) {
                            throw invalid("'" + name + "' can't be a variable's name or value");
                          }
                          all.put(name, value);
                        }));
    return all;
  }

  private static List<String> strings(Call call, String name) {
    List<String> all = new ArrayList<>();
    for (JsonNode one : call.param(name).orElse(call.params().arrayNode())) {
      if (!one.isTextual()) {
        throw invalid("'" + name + "' is a list of strings");
      }
      if (all.size() >= ARGUMENTS) {
        throw Errno.E2BIG.on("spawn");
      }
      all.add(one.asText());
    }
    return all;
  }

  static Optional<String> text(Call call, String name) {
    return call.param(name).map(JsonNode::asText);
  }

  static Path path(String text) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw invalid("'" + text + "' is no path: " + e.getReason());
    }
    throw invalid("'" + text + "' is not an absolute path");
  }

  static BridgeError invalid(String why) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", "ipc://child-process: " + why);
  }
}
