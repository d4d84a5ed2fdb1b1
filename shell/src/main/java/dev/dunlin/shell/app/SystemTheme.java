package dev.dunlin.shell.app;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether the person's desktop is dark, asked where Chromium asks too. Only the colour before the
 * first paint depends on it, so no answer counts as light.
 */
final class SystemTheme {
  /** Longest wait for the system's answer. Over: light. */
  static final Duration ANSWER = Duration.ofSeconds(1);

  private SystemTheme() {}

  /**
   * Asks while the rest starts.
   *
   * @param matters whether the answer is of any use; if not, nobody is asked
   */
  static CompletableFuture<Boolean> isDark(boolean matters) {
    if (isForcedDark(System.getenv())) {
      return CompletableFuture.completedFuture(true);
    }
    return (matters ? question(Os.here(), System.getenv()) : Optional.<Question>empty())
        .map(asked -> ask(asked, ANSWER))
        .orElseGet(() -> CompletableFuture.completedFuture(false));
  }

  /** The answer; false when there is none within the time. Then whoever was asked is ended. */
  static CompletableFuture<Boolean> ask(Question question, Duration longest) {
    if (ProcessStarter.find(question.command().get(0)).isEmpty()) {
      return CompletableFuture.completedFuture(false);
    }
    CompletableFuture<ChildProcess> started =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(question.command().toArray(String[]::new))
                    .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.NULL))
            .toCompletionStage()
            .toCompletableFuture();
    CompletableFuture<Boolean> answer =
        started
            .thenApplyAsync(child -> answer(child, question))
            .orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS);
    return answer
        .handle(
            (dark, fault) -> {
              if (fault instanceof TimeoutException) {
                return started.thenCompose(SystemTheme::end);
              }
              // A theme that can't be asked spoils no start: it counts as light.
              return CompletableFuture.completedFuture(fault == null && dark);
            })
        .thenCompose(outcome -> outcome);
  }

  /** Completes when it is gone. */
  private static CompletionStage<Boolean> end(ChildProcess child) {
    child.killTree();
    return child.exit().map(false).toCompletionStage();
  }

  /** {@code GTK_THEME=Adwaita:dark}, as GTK reads it. JCEF's Chromium does not: it is told. */
  static boolean isForcedDark(Map<String, String> environment) {
    String theme = environment.getOrDefault("GTK_THEME", "");
    return theme.endsWith(":dark") || theme.endsWith("-dark");
  }

  /**
   * How to ask the system.
   *
   * @param dark what the answer of a dark desktop holds
   */
  record Question(List<String> command, String dark) {}

  static Optional<Question> question(Os system, Map<String, String> environment) {
    if (system == Os.WINDOWS) {
      return Optional.of(
          new Question(
              List.of(
                  "reg",
                  "query",
                  "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize",
                  "/v",
                  "AppsUseLightTheme"),
              "0x0"));
    }
    if (system == Os.MAC) {
      return Optional.of(
          new Question(List.of("defaults", "read", "-g", "AppleInterfaceStyle"), "Dark"));
    }
    // Without a session bus there is no portal; the script sets disabled: then.
    if (environment.getOrDefault("DBUS_SESSION_BUS_ADDRESS", "disabled:").equals("disabled:")) {
      return Optional.empty();
    }
    return Optional.of(
        new Question(
            List.of(
                "gdbus",
                "call",
                "--session",
                "--dest=org.freedesktop.portal.Desktop",
                "--object-path=/org/freedesktop/portal/desktop",
                "--method=org.freedesktop.portal.Settings.Read",
                "org.freedesktop.appearance",
                "color-scheme"),
            "uint32 1"));
  }

  private static boolean answer(ChildProcess child, Question question) {
    try (var out = child.stdout()) {
      return new String(out.readNBytes(4096), StandardCharsets.UTF_8).contains(question.dark());
    } catch (IOException e) {
      throw new HostException("the answer of " + question.command() + " can't be read", e);
    }
  }
}
