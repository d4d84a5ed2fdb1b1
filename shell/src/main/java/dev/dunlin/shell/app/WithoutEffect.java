package dev.dunlin.shell.app;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.AppConfig.WindowFlag;
import dev.dunlin.shell.config.Colour;
import dev.dunlin.shell.host.Os;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Settings that are understood and do nothing, or less than they say, on this system: told at the
 * start, so that nobody relies on them.
 */
final class WithoutEffect {
  /** Flat names that nothing reads yet. */
  private static final Pattern UNREAD =
      Pattern.compile(
          "webview_(importmap|insecure_domains|protocol-handlers(_.*)?|service-workers(_.*)?"
              + "|auto_register_service_workers|service_worker_.*|fetch_.*|url_protocols"
              + "|xhr_concurrency"
              + "|watch_service_worker_reload_timeout|navigator_enable_navigation_gestures"
              + "|navigator_(\\w+_)?mounts_.*)"
              + "|window_alert_title|window_[0-9]+_client_id"
              + "|application_(agent|signals|conduit_shared_key|tray_icon)"
              + "|permissions_allow_(device_info|geolocation_in_background|read_media.*)");

  private WithoutEffect() {}

  /**
   * @param openFiles how many files this process may have open, where the system tells
   */
  static List<String> of(AppConfig config, Os system, Optional<Long> openFiles) {
    Map<String, String> said = new TreeMap<>();
    config
        .values()
        .forEach(
            (name, value) -> {
              if (UNREAD.matcher(name).matches()
                  && !value.isEmpty()
                  && asksForSomething(name, value)) {
                said.put(name, "has no effect in this version of Dunlin");
              }
            });
    AppConfig.Window window = config.window();
    if (!window.titlebarStyle().isEmpty()) {
      said.put(
          "window_titlebar_style",
          "has no effect on " + system + "; a window without a title bar is frameless = true");
    }
    for (WindowFlag flag :
        List.of(WindowFlag.MINIMIZABLE, WindowFlag.MAXIMIZABLE, WindowFlag.CLOSABLE)) {
      if (!window.flags().contains(flag) && system != Os.LINUX) {
        said.put(
            flag.key(),
            "has less effect on "
                + system
                + ": the button is there, and what it does is "
                + (flag == WindowFlag.CLOSABLE ? "ignored" : "undone"));
      }
    }
    opacity(window.backgroundDark(), "window_backgroundColorDark", said);
    opacity(window.backgroundLight(), "window_backgroundColorLight", said);
    if (config.webview().watch() && !config.webview().reload()) {
      said.put(
          "webview_watch", "has no effect, as [webview.watch] reload = false leaves nothing to do");
    }
    openFiles
        .filter(most -> most < config.meta().fileLimit())
        .ifPresent(
            most ->
                said.put(
                    "meta_file_limit",
                    "is not reached: the system allows this process "
                        + most
                        + " open files (ulimit -H -n)"));
    List<String> lines = new ArrayList<>();
    said.forEach((name, what) -> lines.add("socket.ini: " + written(config, name) + " " + what));
    return lines;
  }

  /** Whether it differs from what happens anyway: a permission that is allowed takes nothing. */
  private static boolean asksForSomething(String name, String value) {
    return name.startsWith("permissions_") == value.equals("false");
  }

  private static void opacity(Optional<Colour> colour, String name, Map<String, String> said) {
    colour
        .filter(given -> given.opacity() < 1)
        .ifPresent(
            given ->
                said.put(name, "is shown opaque: windows can't be seen through in this version"));
  }

  private static String written(AppConfig config, String name) {
    String value = config.values().getOrDefault(name, "");
    return AppConfig.written(name)
        + (value.isEmpty() || value.contains("\n") || value.length() > 80 ? "" : " = " + value);
  }
}
