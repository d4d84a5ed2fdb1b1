package dev.dunlin.shell.app;

import dev.dunlin.bridge.JsonValues;
import dev.dunlin.bridge.Limits;
import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.cli.RunOptions;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.resources.HostFacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What every page of the app may know without asking; see docs/bridge.md, {@code
 * socket:internal/host}.
 */
final class Facts implements HostFacts {
  private final AppConfig config;
  private final RunOptions options;
  private final UserFolders folders;
  private final Map<String, String> variables;
  private final IntFunction<Map<String, Object>> window;
  private final boolean debug;

  /**
   * @param variables of this process's environment
   * @param window of a window by its id
   */
  Facts(
      AppConfig config,
      RunOptions options,
      UserFolders folders,
      Map<String, String> variables,
      IntFunction<Map<String, Object>> window) {
    this.window = window;
    this.variables = variables;
    this.config = config;
    this.options = options;
    this.folders = folders;
    this.debug = options.debug() || !options.production();
  }

  /** Versions of what the app runs on. */
  static Map<String, Object> versions() {
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("dunlin", BuildInfo.dunlin());
    versions.put("chromium", BuildInfo.chromium());
    versions.put("cef", BuildInfo.cef());
    versions.put("java", System.getProperty("java.version"));
    versions.put("vertx", BuildInfo.vertx());
    return versions;
  }

  @Override
  public Map<String, Object> of(int window) {
    Map<String, Object> facts = new LinkedHashMap<>();
    String platform =
        switch (Os.here()) {
          case WINDOWS -> "win32";
          case MAC -> "darwin";
          case LINUX -> "linux";
        };
    facts.put("versions", versions());
    facts.put("platform", platform);
    facts.put("arch", AppConfig.systemVariables().get("platform.arch"));
    facts.put(
        "type",
        switch (Os.here()) {
          case WINDOWS -> "Windows_NT";
          case MAC -> "Darwin";
          case LINUX -> "Linux";
        });
    facts.put("release", System.getProperty("os.version"));
    facts.put("endianness", ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "LE" : "BE");
    facts.put("argv", argv());
    facts.put("execPath", execPath());
    facts.put("pid", ProcessHandle.current().pid());
    facts.put("cwd", Path.of("").toAbsolutePath().toString());
    facts.put("env", environment(config, options, variables));
    facts.put("config", config.toJson());
    facts.put("debug", debug);
    facts.put("headless", options.headless());
    facts.put("test", options.testFile().isPresent());
    facts.put("bundleIdentifier", config.meta().bundleIdentifier());
    facts.put("origin", config.meta().origin());
    facts.put("window", this.window.apply(window));
    facts.put("paths", folders.toFacts());
    facts.put("constants", constants(platform));
    facts.put(
        "limits",
        Map.of(
            "messageBytes", Limits.MESSAGE_LENGTH,
            "replyBytes", Limits.REPLY_LENGTH,
            "callBytes", Engine.CALLS_TAKE_BYTES ? Limits.CALL_BYTES : 0,
            "bodyBytes", Limits.BODY_BYTES,
            "callsInFlight", Limits.CALLS_IN_FLIGHT));
    return facts;
  }

  private List<String> argv() {
    List<String> argv = new ArrayList<>();
    argv.add(execPath());
    argv.add(config.build().resources().toString());
    argv.addAll(options.arguments());
    return argv;
  }

  private static String execPath() {
    String home = System.getProperty("dunlin.home", "");
    return home.isEmpty()
        ? ProcessHandle.current().info().command().orElse("dunlin")
        : Path.of(home, "dunlin").toString();
  }

  /**
   * Only what socket.ini and the command line name: the rest of the environment is not the page's.
   */
  static Map<String, String> environment(
      AppConfig config, RunOptions options, Map<String, String> variables) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String name : config.build().env()) {
      String value = variables.get(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    environment.putAll(config.environment());
    environment.putAll(options.environment());
    return environment;
  }

  /**
   * Numbers of this system's headers, as Node 20 lists them; none for systems not looked at yet.
   */
  private static Object constants(String platform) {
    try (InputStream in = Facts.class.getResourceAsStream("constants-" + platform + ".json")) {
      return in == null
          ? Map.of("errno", Map.of(), "signals", Map.of(), "fs", Map.of())
          : JsonValues.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
