package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the app starts with the person's session: its {@code .desktop} file in the folder {@code
 * autostart} of the Desktop Application Autostart Specification. Blocks.
 */
final class Autostart {
  private final String file;
  private final Path own;
  private final List<Path> applications = new ArrayList<>();

  Autostart(String id, Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    file = id + ".desktop";
    own = folder(environment, "XDG_CONFIG_HOME", home + "/.config").resolve("autostart");
    applications.add(folder(environment, "XDG_DATA_HOME", home + "/.local/share"));
    for (String one :
        environment.getOrDefault("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")) {
      if (one.startsWith("/")) {
        applications.add(Path.of(one));
      }
    }
  }

  private static Path folder(Map<String, String> environment, String name, String otherwise) {
    String told = environment.getOrDefault(name, "");
    return Path.of(told.startsWith("/") ? told : otherwise);
  }

  boolean isOn() {
    return Files.isRegularFile(own.resolve(file));
  }

  void set(boolean on) {
    try {
      if (!on) {
        Files.deleteIfExists(own.resolve(file));
        return;
      }
      Path installed =
          installed()
              .orElseThrow(
                  () ->
                      new BridgeError(
                          "NotSupportedError",
                          "ERR_NOT_INSTALLED",
                          "only an installed app starts with the session: there is no "
                              + file
                              + " in the folders of applications. Install its package"));
      Files.createDirectories(own);
      // What is written over a link would change what it leads to.
      Files.deleteIfExists(own.resolve(file));
      Files.writeString(own.resolve(file), Files.readString(installed, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new BridgeError(
          "Error", "ERR_AUTOSTART", own.resolve(file) + " can't be changed: " + e.getMessage());
    }
  }

  Optional<Path> installed() {
    return applications.stream()
        .map(folder -> folder.resolve("applications").resolve(file))
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
