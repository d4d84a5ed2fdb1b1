package dev.dunlin.shell.app;

import dev.dunlin.bridge.Bridge;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.cli.RunOptions;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.operator.AppWatch;
import dev.dunlin.shell.operator.OperatorServer;
import dev.dunlin.shell.operator.RunningApps;
import dev.dunlin.shell.operator.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whether a run may be watched by {@code dunlin operator}, and the door for it.
 *
 * <p>Who makes an app may watch it. Who merely uses it has said nothing of the kind: then only the
 * app's author, in socket.ini, or the person who starts it opens that door.
 */
final class OperatorAccess {
  /** Of the environment: {@code 1} opens the door, {@code 0} keeps it shut. */
  static final String VARIABLE = "DUNLIN_OPERATOR";

  private OperatorAccess() {}

  static boolean isGranted(RunOptions options, Map<String, String> environment) {
    return switch (environment.getOrDefault(VARIABLE, "")) {
      case "1" -> true;
      case "0" -> false;
      default ->
          options.is(RunOptions.Flag.OPERATOR)
              || options.config().security().operator()
              || !options.production()
                  && options.installed().isEmpty()
                  && options.testFile().isEmpty()
                  && !options.exitAfterScreenshot();
    };
  }

  /**
   * Opens it.
   *
   * @param run folder that only this user may enter, and that goes with the run
   */
  static OperatorServer open(AppConfig config, Path run, Bridge bridge, Console console)
      throws IOException {
    SystemClock clock = new SystemClock();
    Snapshot.App app =
        new Snapshot.App(
            config.meta().title(),
            config.meta().bundleIdentifier(),
            config.meta().version(),
            ProcessHandle.current().pid(),
            config.directory().toString(),
            BuildInfo.dunlin(),
            clock.wallTime().toEpochMilli());
    OperatorServer server =
        OperatorServer.listen(
            run.resolve(RunningApps.SOCKET),
            () -> new AppWatch(app, bridge, console::alsoTo, clock));
    RunningApps.announce(run, app);
    return server;
  }
}
