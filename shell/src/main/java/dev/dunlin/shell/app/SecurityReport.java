package dev.dunlin.shell.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("origin", origin);
    report.put("policy", policy);
    report.put("denyByDefault", true);
    report.put("developerTools", developerTools);
    report.put("remoteDebugging", false);
    report.put("rendererSandbox", sandbox());
    return report;
  }

  /** Reads it off a renderer process rather than claim it. */
  private static Map<String, Object> sandbox() {
    Map<String, Object> sandbox = new LinkedHashMap<>();
    Optional<ProcessHandle> renderer =
        ProcessHandle.current().descendants().filter(SecurityReport::isRenderer).findFirst();
    boolean filtered = renderer.map(SecurityReport::hasSeccompFilter).orElse(false);
    sandbox.put("active", filtered);
    sandbox.put(
        "detail",
        filtered
            ? "the renderer runs under a system call filter"
            : renderer.isPresent()
                ? "the renderer runs with the rights of this user: JCEF starts Chromium without its sandbox"
                : "not looked at on this system");
    return sandbox;
  }

  private static boolean isRenderer(ProcessHandle process) {
    try {
      return new String(Files.readAllBytes(proc(process, "cmdline")), StandardCharsets.UTF_8)
          .contains("--type=renderer");
    } catch (IOException e) {
      // Gone meanwhile, or a system without /proc: then it is none that we can look at.
      return false;
    }
  }

  private static boolean hasSeccompFilter(ProcessHandle process) {
    try {
      List<String> status = Files.readAllLines(proc(process, "status"));
      return status.contains("Seccomp:\t2");
    } catch (IOException e) {
      // What cannot be read is not claimed.
      return false;
    }
  }

  private static Path proc(ProcessHandle process, String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }
}
