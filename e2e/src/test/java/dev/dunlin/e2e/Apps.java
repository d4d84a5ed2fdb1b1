package dev.dunlin.e2e;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * The apps of one suite: ends them, proves that they leave nothing, and writes screenshot and log
 * of each, and the windows on the desktop, to {@code e2e/target/failures/<test>/} when a test
 * fails.
 */
final class Apps
    implements AfterEachCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  private record Started(RunningApp app, boolean driven) {}

  private final Deque<Started> ofTest = new ArrayDeque<>();
  private Optional<Desktop> desktop = Optional.empty();
  private final Deque<Started> ofSuite = new ArrayDeque<>();

  /** The app in {@code e2e/apps} or {@code templates} of this name. */
  static Path named(String name) {
    Path home = Layout.of(Account.self()).home();
    Path own = home.resolve("e2e").resolve("apps").resolve(name);
    return Files.isDirectory(own) ? own : home.resolve("templates").resolve(name);
  }

  /** Starts an app that ends with the test. */
  RunningApp start(RunningApp.Start start) {
    return start(start, ofTest);
  }

  /** Starts an app that ends with the suite. */
  RunningApp startForSuite(RunningApp.Start start) {
    return start(start, ofSuite);
  }

  /**
   * Starts a copy of one of {@code e2e/apps} on a desktop, driven, until its page is ready.
   *
   * @param lines that its socket.ini gets besides
   * @param folder of the copy
   */
  RunningApp startOn(Desktop desktop, String name, String lines, Path folder) throws IOException {
    return startOn(desktop, name, lines, folder, Map.of(), ofTest);
  }

  /** As {@link #startOn}, with more of an environment, and until the suite ends. */
  RunningApp startOnForSuite(
      Desktop desktop, String name, String lines, Path folder, Map<String, String> variables)
      throws IOException {
    return startOn(desktop, name, lines, folder, variables, ofSuite);
  }

  private RunningApp startOn(
      Desktop desktop,
      String name,
      String lines,
      Path folder,
      Map<String, String> variables,
      Deque<Started> to)
      throws IOException {
    this.desktop = Optional.of(desktop);
    Path copy = folder.resolve(name);
    Layout.copyTree(named(name), copy);
    Files.writeString(copy.resolve("socket.ini"), lines, StandardOpenOption.APPEND);
    RunningApp.Start start =
        RunningApp.Start.of(copy)
            .withWords()
            .driven()
            .variable("DISPLAY", desktop.name())
            .variable("XAUTHORITY", desktop.authority());
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      start = start.variable(variable.getKey(), variable.getValue());
    }
    RunningApp app = start(start, to);
    app.await(desktop::isManaged, "the window manager", RunningApp.SOON);
    app.page().await("document.documentElement?.dataset.ready === 'true'");
    return app;
  }

  private static RunningApp start(RunningApp.Start start, Deque<Started> to) {
    RunningApp app = start.start();
    to.push(new Started(app, start.main() == Driver.class));
    return app;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    closeAll(ofTest);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    closeAll(ofSuite);
  }

  private static void closeAll(Deque<Started> apps) {
    AssertionError first = null;
    while (!apps.isEmpty()) {
      try {
        apps.pop().app().close();
      } catch (AssertionError e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable fault)
      throws Throwable {
    report(context, fault);
    throw fault;
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable fault)
      throws Throwable {
    report(context, fault);
    throw fault;
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable fault)
      throws Throwable {
    report(context, fault);
    throw fault;
  }

  private void report(ExtensionContext context, Throwable fault) throws IOException {
    String test =
        context.getTestMethod().map(method -> "." + method.getName()).orElse("")
            + "-"
            + context.getParent().map(ExtensionContext::getDisplayName).orElse("");
    Path folder =
        Layout.of(Account.self())
            .home()
            .resolve("e2e/target/failures")
            .resolve(
                (context.getRequiredTestClass().getSimpleName() + test)
                    .replaceAll("[^A-Za-z0-9._-]+", "_"));
    Files.createDirectories(folder);
    if (desktop.isPresent()) {
      String windows = desktop.get().describe();
      fault.addSuppressed(new AssertionError("the windows then: " + windows));
      Files.writeString(folder.resolve("windows.txt"), windows);
    }
    int number = 0;
    for (Deque<Started> apps : java.util.List.of(ofTest, ofSuite)) {
      for (Started started : apps) {
        number++;
        Files.writeString(folder.resolve("app-" + number + ".log"), started.app().log());
        Path home = started.app().base().resolve("home");
        if (!Files.isDirectory(home)) {
          // The test has closed it.
          continue;
        }
        try (DirectoryStream<Path> crashes = Files.newDirectoryStream(home, "hs_err_pid*.log")) {
          for (Path crash : crashes) {
            Files.copy(
                crash, folder.resolve(crash.getFileName()), StandardCopyOption.REPLACE_EXISTING);
          }
        }
        if (started.driven() && started.app().isRunning()) {
          try {
            Files.write(
                folder.resolve("app-" + number + ".png"), started.app().page().screenshot());
          } catch (AssertionError | RuntimeException e) {
            // The fault of the test is what counts; this one goes with it.
            fault.addSuppressed(e);
          }
        }
      }
    }
  }
}
