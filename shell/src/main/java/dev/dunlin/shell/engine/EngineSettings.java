package dev.dunlin.shell.engine;

import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What Chromium is told before it starts; nothing of it can change later.
 *
 * @param origin the app's origin, {@code https://<bundle id>.localhost}
 * @param installation folder with libcef and its resources
 * @param helper what Chromium starts for its child processes: the sandbox, or its own helper. Asked
 *     once, as late as can be; a fault of its own ends the start
 * @param profile folder of cookies, storage and caches; the caller has it alone
 * @param temp private folder for the list of custom schemes, see {@link EngineTemp}
 * @param developer whether developer tools may be opened
 * @param verbose whether Chromium's own warnings reach standard error
 * @param background colour of a page that has not painted yet, or has none of its own
 * @param scale pixels of the toolkit's for one of CSS; Chromium is told on Linux alone
 * @param switches further Chromium switches, name or {@code name=value}, without dashes
 */
public record EngineSettings(
    String origin,
    Path installation,
    Supplier<Path> helper,
    Path profile,
    EngineTemp temp,
    boolean developer,
    boolean verbose,
    Color background,
    Scale scale,
    List<String> switches) {

  /** The host part of {@link #origin}. */
  String host() {
    return origin.substring("https://".length());
  }

  /** The app's identifier: class of its windows, and name of its desktop file. */
  String id() {
    String host = host();
    return host.substring(0, host.length() - ".localhost".length());
  }
}
