package dev.dunlin.shell.host;

import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.process.BoundedLines;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStartException;
import dev.dunlin.scheduler.process.ProcessStarter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An X server without a screen, of our own: on a free display number that it picks itself, with a
 * key, so that no other user of the machine can look on or type; dead when we are.
 */
public final class Xvfb implements AutoCloseable {
  /** Size and depth of its screen. */
  public static final String SCREEN = "1920x1080x24";

  /** How long it may take to be ready. */
  static final Duration START_TIMEOUT = Duration.ofSeconds(20);

  /** How long it may take to end; then it is killed. */
  static final Duration STOP_GRACE = Duration.ofSeconds(3);

  /** Lines of its complaints that are kept for our error message; older ones are dropped. */
  private static final int MAX_COMPLAINTS = 20;

  private static final int MAX_LINE_BYTES = 1_000;

  private final ChildProcess process;
  private final String display;
  private final Path authority;

  private Xvfb(ChildProcess process, String display, Path authority) {
    this.process = process;
    this.display = display;
    this.authority = authority;
  }

  /**
   * Starts it and waits until it is ready. Blocks up to {@link #START_TIMEOUT}.
   *
   * @throws HostException when it is not installed, or fails, with its own words
   */
  public static Xvfb start() {
    if (ProcessStarter.find("Xvfb").isEmpty()) {
      throw new HostException(
          "there is no display and no Xvfb to make one. Install it (Debian, Ubuntu: apt-get install -y xvfb),"
              + " or set DISPLAY.");
    }
    Path authority = authorityFile();
    try {
      return start(authority);
    } catch (RuntimeException e) {
      delete(authority);
      throw e;
    }
  }

  private static Xvfb start(Path authority) {
    ChildProcess process;
    try {
      process =
          ProcessStarter.get()
              .start(
                  // -noreset: else it starts afresh whenever its last client leaves, for a moment
                  // refusing the next.
                  ProcessSpec.of(
                          "Xvfb",
                          "-displayfd",
                          "1",
                          "-screen",
                          "0",
                          SCREEN,
                          "-nolisten",
                          "tcp",
                          "-noreset",
                          "-auth",
                          authority.toString())
                      .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.PIPE)
                      // AWT and Chromium hold connections to it until our last moment, and Xlib
                      // ends a process whose server goes away with exit code 1.
                      .withParentDeath(ParentDeath.DIE_AFTER))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ProcessStartException cause) {
        throw new HostException(cause.getMessage(), cause);
      }
      throw e;
    }
    ArrayBlockingQueue<String> complaints = new ArrayBlockingQueue<>(MAX_COMPLAINTS);
    Future<Void> saidAll =
        ChildProcess.readLines(
            "xvfb-errors",
            process.stderr(),
            MAX_LINE_BYTES,
            line -> {
              while (!complaints.offer(line.text())) {
                complaints.poll();
              }
            });
    Promise<String> number = Promise.promise();
    ChildProcess.readLines(
            "xvfb",
            process.stdout(),
            MAX_LINE_BYTES,
            (BoundedLines.Line line) -> number.tryComplete(line.text()))
        .onComplete(end -> number.tryFail("it ended before it was ready"));
    try {
      String text =
          number
              .future()
              .toCompletionStage()
              .toCompletableFuture()
              .get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new Xvfb(process, ":" + Integer.parseInt(text.strip()), authority);
    } catch (TimeoutException | ExecutionException | NumberFormatException e) {
      process.killTree();
      saidAll.otherwiseEmpty().toCompletionStage().toCompletableFuture().join();
      String words = String.join(" / ", complaints).strip();
      throw new HostException(
          "Xvfb did not start"
              + (words.isEmpty() ? "" : " (it says: " + words + ")")
              + ". Try it by hand: Xvfb -displayfd 1; or set DISPLAY to a display that works.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.killTree();
      throw new HostException("interrupted while Xvfb started", e);
    }
  }

  private static Path authorityFile() {
    String temp =
        Optional.ofNullable(System.getenv("TMPDIR"))
            .filter(s -> !s.isEmpty())
            .orElse(System.getProperty("java.io.tmpdir"));
    try {
      Path file =
          Files.createTempFile(
              Path.of(temp),
              "dunlin-xauth-",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      // For Ctrl-C, when nobody closes us.
      file.toFile().deleteOnExit();
      return Files.write(file, Xauthority.of(RandomSource.secure().bytes(16)));
    } catch (IOException e) {
      throw new HostException(
          "can't make a temporary file in "
              + temp
              + ": "
              + e.getMessage()
              + ". Set TMPDIR to a folder that you can write.",
          e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new HostException("can't delete " + file + ": " + e.getMessage(), e);
    }
  }

  /** What DISPLAY has to be: {@code :99}. */
  public String display() {
    return display;
  }

  /** What XAUTHORITY has to be. */
  public Path authority() {
    return authority;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Ends it; waits until it is gone. */
  @Override
  public void close() {
    process.stop(STOP_GRACE);
    delete(authority);
  }
}
