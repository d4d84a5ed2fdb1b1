package dev.dunlin.shell.app;

import dev.dunlin.bridge.child.UserEnvironment;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.host.Os;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The printers of CUPS, by its programs {@code lpstat} and {@code lp}, which take PDFs.
 *
 * <p><i>Thread:</i> any.
 */
final class Printers {
  /**
   * How long CUPS may take to answer, or to take the next {@link #PIECE_BYTES} of a document. Over:
   * its program is ended, {@code ERR_PRINTER}.
   */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long the answer of which printers there are holds. Over: CUPS is asked anew. */
  static final Duration FRESH = Duration.ofSeconds(5);

  /** Most copies. Over: {@code ERR_INVALID_CALL}. */
  static final int COPIES = 999;

  /** What is handed over of a document at once, in bytes. Over: in several pieces. */
  static final int PIECE_BYTES = 64 << 10;

  /** What is read of what the programs say, in bytes. Over: the rest is left out. */
  private static final int SAID_BYTES = 1 << 20;

  private static final String CURE = "install CUPS (apt-get install cups) and set up a printer";

  private final Programs programs;
  private final Duration patience;
  private final Clock clock;
  private final PageServices.Blocking blocking;

  // Guarded by this.
  private Future<List<Printer>> asked;
  private Duration answered = Duration.ZERO;

  /** A printer by its name in CUPS. */
  record Printer(String name, boolean isDefault) {}

  /** The names of CUPS' programs, or where they are. */
  record Programs(String lpstat, String lp) {}

  Printers(PageServices.Blocking blocking) {
    this(new Programs("lpstat", "lp"), PATIENCE, new SystemClock(), blocking);
  }

  Printers(Programs programs, Duration patience, Clock clock, PageServices.Blocking blocking) {
    this.programs = programs;
    this.patience = patience;
    this.clock = clock;
    this.blocking = blocking;
  }

  /** All printers. Whoever asks while CUPS is asked, or soon after, has the same answer. */
  synchronized Future<List<Printer>> all() {
    if (asked == null || asked.isComplete() && clock.now().minus(answered).compareTo(FRESH) > 0) {
      asked =
          blocking.run(
              () -> {
                try {
                  return look();
                } finally {
                  synchronized (this) {
                    answered = clock.now();
                  }
                }
              });
    }
    return asked;
  }

  private List<Printer> look() {
    String standard = said(programs.lpstat(), "-d").replaceFirst("(?s).*: ?", "").strip();
    List<Printer> printers = new ArrayList<>();
    for (String line : said(programs.lpstat(), "-e").split("\n")) {
      if (!line.isBlank()) {
        printers.add(new Printer(line.strip(), line.strip().equals(standard)));
      }
    }
    return List.copyOf(printers);
  }

  /** What {@code application.capabilities()} says of printing. */
  Future<Map<String, Object>> capability() {
    return all()
        .map(
            printers ->
                printers.isEmpty()
                    ? missing("there is no printer")
                    : Map.<String, Object>of("available", true))
        .recover(
            fault ->
                fault instanceof BridgeError error
                    ? Future.succeededFuture(missing(error.getMessage()))
                    : Future.failedFuture(fault));
  }

  private static Map<String, Object> missing(String message) {
    return Map.of("available", false, "reason", "ERR_NO_PRINTER", "message", message, "cure", CURE);
  }

  /** Prints a PDF. Blocks. */
  void print(String printer, int copies, String title, InputStream pdf) {
    ChildProcess lp =
        start(programs.lp(), "-d", printer, "-n", String.valueOf(copies), "-t", title, "--", "-");
    try {
      Optional<IOException> refused = hand(pdf, lp);
      String error = inTime(lp, () -> text(lp.stderr()));
      int exit = inTime(lp, () -> await(lp.exit()));
      if (exit != 0) {
        throw failed(error.isBlank() ? "lp ended with " + exit : error.strip());
      }
      if (refused.isPresent()) {
        throw failed("the page could not be handed over: " + refused.get().getMessage());
      }
    } catch (IOException e) {
      throw failed("the page could not be read: " + e.getMessage());
    } finally {
      lp.killTree();
    }
  }

  /** Hands it over; the fault if lp has ended without taking all: why, lp says. */
  private Optional<IOException> hand(InputStream pdf, ChildProcess lp) throws IOException {
    OutputStream in = lp.stdin();
    while (true) {
      byte[] piece = pdf.readNBytes(PIECE_BYTES);
      try {
        inTime(
            lp,
            () -> {
              if (piece.length == 0) {
                in.close();
              } else {
                in.write(piece);
                in.flush();
              }
              return piece;
            });
      } catch (IOException e) {
        return Optional.of(e);
      }
      if (piece.length == 0) {
        return Optional.empty();
      }
    }
  }

  private String said(String... argv) {
    ChildProcess child = start(argv);
    try {
      return inTime(child, () -> text(child.stdout()));
    } catch (IOException e) {
      throw failed(e.getMessage());
    } finally {
      child.killTree();
    }
  }

  private ChildProcess start(String... argv) {
    if (Os.here() == Os.WINDOWS || ProcessStarter.find(argv[0]).isEmpty()) {
      throw new BridgeError(
          "NotSupportedError",
          "ERR_NO_PRINTER",
          "there is no program "
              + argv[0]
              + " to print with: "
              + (Os.here() == Os.WINDOWS ? "print to a PDF instead" : CURE));
    }
    return await(
        ProcessStarter.get()
            .start(
                ProcessSpec.of(argv)
                    .withEnvironment(UserEnvironment.get())
                    .withVariable("LC_ALL", "C.UTF-8")
                    .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.PIPE)));
  }

  private static String text(InputStream from) throws IOException {
    return new String(from.readNBytes(SAID_BYTES), StandardCharsets.UTF_8);
  }

  /** What waits on a child. */
  private interface Step<T> {
    T take() throws IOException;
  }

  /** Takes a step that ends at the latest when the child does, which is ended if it takes long. */
  private <T> T inTime(ChildProcess child, Step<T> step) throws IOException {
    Promise<Void> done = Promise.promise();
    Future<Void> timer =
        done.future()
            .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            .onFailure(late -> child.killTree());
    T taken;
    try {
      taken = step.take();
    } catch (IOException e) {
      if (timer.failed()) {
        throw slow();
      }
      throw e;
    } finally {
      done.tryComplete();
    }
    if (timer.failed()) {
      throw slow();
    }
    return taken;
  }

  private <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw slow();
    } catch (ExecutionException e) {
      throw failed(e.getCause().getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  private BridgeError slow() {
    return failed("CUPS did not answer within " + patience.toSeconds() + " s: is cupsd well?");
  }

  private static BridgeError failed(String why) {
    return new BridgeError("OperationError", "ERR_PRINTER", why);
  }
}
