package dev.dunlin.shell.operator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The memory of this process and of those it has started, and they: Linux' {@code Pss}. */
final class ProcessMemory {
  private static final Pattern TYPE = Pattern.compile("--type=([a-z-]+)");
  private static final Pattern SERVICE = Pattern.compile("--utility-sub-type=([a-z]+)\\.");

  private static final Pattern HELPER = Pattern.compile("^[^\\x00]*?/jcef_helper[ \\x00]");

  private final Path proc;
  private final Pattern pss = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB$");

  ProcessMemory(Path proc) {
    this.proc = proc;
  }

  /** This process first. Blocks for some milliseconds for each. */
  List<Snapshot.Process> now() {
    List<Snapshot.Process> all = new ArrayList<>();
    ProcessHandle self = ProcessHandle.current();
    Stream.concat(Stream.of(self), self.descendants())
        .limit(OperatorLimits.PROCESSES)
        .forEach(
            one -> {
              String name = one.pid() == self.pid() ? "app" : name(read(one.pid(), "cmdline"));
              // One that has ended meanwhile has neither.
              if (!name.isEmpty()) {
                all.add(new Snapshot.Process(one.pid(), name, pssBytes(one.pid())));
              }
            });
    return all;
  }

  /** What a process is, by its command line. */
  static String name(String line) {
    // Chromium's write their words anew, with spaces between; the box's tell of theirs, too.
    if (HELPER.matcher(line).find()) {
      Matcher service = SERVICE.matcher(line);
      Matcher type = TYPE.matcher(line);
      return service.find() ? service.group(1) : type.find() ? type.group(1) : "chromium";
    }
    String program = line.split("\0")[0];
    return OperatorLimits.cut(program.substring(program.lastIndexOf('/') + 1));
  }

  private long pssBytes(long pid) {
    Matcher found = pss.matcher(read(pid, "smaps_rollup"));
    return found.find() ? Long.parseLong(found.group(1)) << 10 : -1;
  }

  /** Empty if the process has just gone, or the system has no such file or keeps it from us. */
  private String read(long pid, String file) {
    try {
      return new String(
          Files.readAllBytes(proc.resolve(Long.toString(pid)).resolve(file)),
          StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return "";
    }
  }
}
