package dev.dunlin.shell.app;

import dev.dunlin.shell.host.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What protects the person from the app's pages on this machine, looked up when asked. */
final class SecurityReport {
  private final String origin;
  private final String policy;
  private final boolean developerTools;
  private final Supplier<Sandbox> sandbox;

  SecurityReport(String origin, String policy, boolean developerTools, Supplier<Sandbox> sandbox) {
    this.origin = origin;
    this.policy = policy;
    this.developerTools = developerTools;
    this.sandbox = sandbox;
  }

  /** The report as {@code application.security()} shows it. */
  Map<String, Object> now() {
    return now(
        ProcessHandle.current().descendants().map(ProcessHandle::pid).toList(), Path.of("/proc"));
  }

  /**
   * @param descendants ids of the processes that we and Chromium started
   * @param proc where the kernel tells about processes
   */
  Map<String, Object> now(List<Long> descendants, Path proc) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("origin", origin);
    report.put("policy", policy);
    report.put("denyByDefault", true);
    report.put("developerTools", developerTools);
    report.put("remoteDebugging", false);
    List<Helper> helpers =
        descendants.stream()
            .map(pid -> proc.resolve(Long.toString(pid)))
            .flatMap(process -> helper(process).stream())
            .toList();
    report.put("rendererSandbox", sandbox(helpers, Files.isDirectory(proc)));
    Map<String, Boolean> others = new TreeMap<>();
    helpers.stream()
        .filter(helper -> !helper.isRenderer())
        .forEach(helper -> others.merge(helper.kind, helper.boxed, Boolean::logicalAnd));
    report.put("otherProcesses", others);
    return report;
  }

  /**
   * A process of Chromium's.
   *
   * @param kind what it is: {@code renderer}, {@code gpu-process}, the name of a service
   * @param boxed whether the sandbox holds it
   */
  private record Helper(String kind, boolean boxed) {
    boolean isRenderer() {
      return kind.equals("renderer");
    }
  }

  private static Optional<Helper> helper(Path process) {
    return kind(read(process.resolve("cmdline")))
        .map(kind -> new Helper(kind, isBoxed(read(process.resolve("status")))));
  }

  /** Reads it off the renderer processes rather than claim it; all must be in the box. */
  private Map<String, Object> sandbox(List<Helper> helpers, boolean canLook) {
    List<Helper> renderers = helpers.stream().filter(Helper::isRenderer).toList();
    boolean active = !renderers.isEmpty() && renderers.stream().allMatch(Helper::boxed);
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("active", active);
    if (active) {
      report.put("detail", sandbox.get().detail());
    } else if (!renderers.isEmpty()) {
      report.put(
          "detail",
          "the renderer runs with the rights of this user: "
              + sandbox.get().detail()
              + ". To have a sandbox: "
              + sandbox.get().cure());
    } else {
      report.put(
          "detail",
          "not looked at: "
              + (canLook ? "no renderer runs that can be seen" : "this system has no /proc"));
    }
    return report;
  }

  /**
   * What process of Chromium's this is; nothing for others.
   *
   * @param cmdline arguments, each ended by NUL; Chromium may join its own by spaces
   */
  static Optional<String> kind(String cmdline) {
    List<String> words = List.of(cmdline.split("[\\x00 ]"));
    // Not what starts one, which has its words too.
    if (!words.get(0).endsWith("/jcef_helper")) {
      return Optional.empty();
    }
    return value(words, "--utility-sub-type=").or(() -> value(words, "--type="));
  }

  private static Optional<String> value(List<String> words, String name) {
    return words.stream()
        .filter(word -> word.startsWith(name))
        .map(word -> word.substring(name.length()))
        .findFirst();
  }

  /**
   * Whether a process has what makes a box: a filter of system calls, no capability and none to
   * come, and processes of its own.
   *
   * @param status of {@code /proc/<pid>/status}
   */
  static boolean isBoxed(String status) {
    return Stream.of(
            "Seccomp:\\s*2", "NoNewPrivs:\\s*1", "CapEff:\\s*0+", "NSpid:\\s*\\d+\\s+\\d+.*")
        .allMatch(wanted -> status.lines().anyMatch(line -> line.matches(wanted)));
  }

  /**
   * Empty for a process that is gone, or that we may not look at: what is not read is not claimed.
   */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
