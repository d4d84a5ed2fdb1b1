package dev.dunlin.shell.config;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.bridge.JsonValues;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.fuzz.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Year;
import java.util.List;
import java.util.Map;

/** What app developers write. */
public final class ConfigTargets {
  private static final Path FOLDER = Path.of("/nowhere/app");
  private static final Map<String, String> VARIABLES =
      Map.of("platform.os", "linux", "platform.arch", "x64");

  private ConfigTargets() {}

  public static List<Target> all() {
    return List.of(new Target("socket-ini", SocketIni.MAX_FILE_BYTES, ConfigTargets::ini));
  }

  /** A ConfigException of one line, or settings that pages can be told and that can be written. */
  private static void ini(byte[] input) throws IOException {
    AppConfig config;
    Map<String, String> values;
    try {
      values = SocketIni.parse(FOLDER.resolve("socket.ini"), input, VARIABLES).values();
      config = AppConfig.parse(FOLDER, input, VARIABLES, Year.of(2026));
    } catch (ConfigException wrong) {
      require(!wrong.fault().isEmpty() && !wrong.cure().isEmpty(), "it says what to do");
      return;
    }
    JsonValues.read(JsonValues.text(config.toJson()));
    PolicySet.of(List.of(config.security().policy()));
    require(
        config.webview().headers().stream()
            .allMatch(
                header -> header.value().indexOf('\n') < 0 && header.value().indexOf('\r') < 0),
        "a header is one line");
    StringBuilder again = new StringBuilder();
    values.forEach(
        (name, value) -> {
          // Such names would append, or be split elsewhere.
          if (!name.endsWith("[]")
              && name.indexOf('=') < 0
              && value.chars().noneMatch(c -> c == '"' || c == '\n')
              && !value.contains("{{")) {
            again.append('[').append("x").append("]\n").append(name).append(" = \"");
            again.append(value).append("\"\n");
          }
        });
    SocketIni.parse(FOLDER, again.toString().getBytes(StandardCharsets.UTF_8), VARIABLES)
        .values()
        .forEach((name, value) -> requireSame(values.get(name.substring(2)), value, name));
  }
}
