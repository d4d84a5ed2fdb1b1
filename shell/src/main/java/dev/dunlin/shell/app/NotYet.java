package dev.dunlin.shell.app;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.AppConfig.WindowFlag;
import java.util.ArrayList;
import java.util.List;

/** Settings that are understood and have no effect yet: said, so that nobody relies on them. */
final class NotYet {
  private NotYet() {}

  static List<String> of(AppConfig config) {
    List<String> said = new ArrayList<>();
    config
        .permissions()
        .denied()
        .forEach(
            permission ->
                said.add(
                    "socket.ini: [permissions] "
                        + permission.name().toLowerCase(java.util.Locale.ROOT)
                        + " = false has no effect yet: Chromium decides"));
    for (WindowFlag flag :
        List.of(WindowFlag.MAXIMIZABLE, WindowFlag.MINIMIZABLE, WindowFlag.CLOSABLE)) {
      if (!config.window().flags().contains(flag)) {
        said.add(
            "socket.ini: [window] "
                + flag.name().toLowerCase(java.util.Locale.ROOT)
                + " = false has no effect yet");
      }
    }
    if (config.webview().watch()) {
      said.add("socket.ini: [webview] watch = true has no effect yet: reload the page by hand");
    }
    return said;
  }
}
