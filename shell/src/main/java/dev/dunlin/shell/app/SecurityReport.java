package dev.dunlin.shell.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What protects the person from the app's pages on this machine, looked up when asked. */
final class SecurityReport {
  private final String origin;
  private final String policy;
  private final boolean developerTools;

  SecurityReport(String origin, String policy, boolean developerTools) {
    this.origin = origin;
    this.policy = policy;
    this.developerTools = developerTools;
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
    report.put("rendererSandbox", sandbox(descendants, proc));
    return report;
  }

  /** Reads it off the renderer processes rather than claim it; all must have the filter. */
  private static Map<String, Object> sandbox(List<Long> descendants, Path proc) {
    List<Path> renderers =
        descendants.stream()
            .map(pid -> proc.resolve(Long.toString(pid)))
            .filter(process -> isRenderer(read(process.resolve("cmdline"))))
            .toList();
    boolean filtered =
        !renderers.isEmpty()
            && renderers.stream().allMatch(one -> hasSeccompFilter(read(one.resolve("status"))));
    Map<String, Object> sandbox = new LinkedHashMap<>();
    sandbox.put("active", filtered);
    sandbox.put(
        "detail",
        filtered
            ? "the renderer runs under a system call filter"
            : renderers.isEmpty()
                ? "not looked at: "
                    + (Files.isDirectory(proc)
                        ? "no renderer runs that can be seen"
                        : "this system has no /proc")
                : "the renderer runs with the rights of this user: JCEF starts Chromium without its"
                    + " sandbox");
    return sandbox;
  }

  /**
   * @param cmdline arguments, each ended by NUL; Chromium may join its own by spaces
   */
  static boolean isRenderer(String cmdline) {
    return List.of(cmdline.split("[\\x00 ]")).contains("--type=renderer");
  }

  /**
   * @param status of {@code /proc/<pid>/status}; mode 2 is a filter, 0 none
   */
  static boolean hasSeccompFilter(String status) {
    return status.lines().anyMatch(line -> line.matches("Seccomp:\\s*2"));
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
