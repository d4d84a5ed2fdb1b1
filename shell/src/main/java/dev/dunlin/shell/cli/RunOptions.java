package dev.dunlin.shell.cli;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.update.InstalledApp;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code dunlin run} was asked to do.
 *
 * @param config of the app
 * @param flags the switches that are on
 * @param devServer load from here in place of the app's folder
 * @param testFile imported into the page after it has loaded, path below the resources; its result
 *     is the exit code
 * @param screenshot PNG of the first painted page, absolute; print where it is when {@link
 *     Flag#SUBSTITUTE_DISPLAY}
 * @param environment further variables for {@code process.env}
 * @param arguments further {@code process.argv}
 * @param installed whose files are checked; empty: an app that is being made
 */
public record RunOptions(
    AppConfig config,
    Set<Flag> flags,
    Optional<DevServer> devServer,
    Optional<String> testFile,
    Optional<Path> screenshot,
    Map<String, String> environment,
    List<String> arguments,
    Optional<InstalledApp> installed) {

  /** The switches. */
  public enum Flag {
    /** Nobody sees the window: asked for, or there is no display. */
    HEADLESS,
    /** Nobody asked for {@link #HEADLESS}: there was no display. */
    SUBSTITUTE_DISPLAY,
    /** No DevTools. */
    PRODUCTION,
    VERBOSE,
    DEBUG,
    /** The Operator may attach, however the app runs. */
    OPERATOR,
    /** End with code 0 once the screenshot is saved. */
    EXIT_AFTER_SCREENSHOT
  }

  /** A server that the app's author runs. */
  public record DevServer(String host, int port) {
    public static final String DEFAULT_HOST = "localhost";
    public static final int DEFAULT_PORT = 80;
  }

  public RunOptions {
    Set<Flag> copy = EnumSet.noneOf(Flag.class);
    copy.addAll(flags);
    flags = java.util.Collections.unmodifiableSet(copy);
    environment = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    arguments = List.copyOf(arguments);
  }

  /** The same with another version of the installed app. */
  public RunOptions with(InstalledApp app) {
    return new RunOptions(
        app.config(),
        flags,
        devServer,
        testFile,
        screenshot,
        environment,
        arguments,
        Optional.of(app));
  }

  public boolean is(Flag flag) {
    return flags.contains(flag);
  }

  public boolean headless() {
    return is(Flag.HEADLESS);
  }

  public boolean production() {
    return is(Flag.PRODUCTION);
  }

  public boolean verbose() {
    return is(Flag.VERBOSE);
  }

  public boolean debug() {
    return is(Flag.DEBUG);
  }

  public boolean exitAfterScreenshot() {
    return is(Flag.EXIT_AFTER_SCREENSHOT);
  }
}
