package dev.dunlin.shell.app;

import dev.dunlin.bridge.child.UserEnvironment;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.host.Os;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The printers of CUPS, by its programs {@code lpstat} and {@code lp}, which take PDFs.
 *
 * <p><i>Thread:</i> a worker.
 */
final class Printers {
  /** How long CUPS may take to answer or to take a document. Over: {@code ERR_PRINTER}. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Most copies. Over: {@code ERR_INVALID_CALL}. */
  static final int COPIES = 999;

  /** What is read of what the programs say, in bytes. Over: the rest is left out. */
  private static final int SAID_BYTES = 1 << 20;

  private static final String CURE = "install CUPS (apt-get install cups) and set up a printer";

  /** A printer by its name in CUPS. */
  record Printer(String name, boolean isDefault) {}

  private Printers() {}

  static List<Printer> all() {
    String standard = said("lpstat", "-d").replaceFirst("(?s).*: ?", "").strip();
    List<Printer> printers = new ArrayList<>();
    for (String line : said("lpstat", "-e").split("\n")) {
      if (!line.isBlank()) {
        printers.add(new Printer(line.strip(), line.strip().equals(standard)));
      }
    }
    return printers;
  }

  /** What {@code application.capabilities()} says of printing. */
  static Map<String, Object> capability() {
    try {
      return all().isEmpty() ? missing("there is no printer") : Map.of("available", true);
    } catch (BridgeError e) {
      return missing(e.getMessage());
    }
  }

  private static Map<String, Object> missing(String message) {
    return Map.of("available", false, "reason", "ERR_NO_PRINTER", "message", message, "cure", CURE);
  }

  /** Prints a PDF. */
  static void print(String printer, int copies, String title, InputStream pdf) {
    ChildProcess lp =
        start("lp", "-d", printer, "-n", String.valueOf(copies), "-t", title, "--", "-");
    try {
      try (OutputStream in = lp.stdin()) {
        pdf.transferTo(in);
      } catch (IOException refused) {
        // lp has ended without reading it: why, it says below.
        if (exit(lp) == 0) {
          throw failed("the page could not be handed over: " + refused.getMessage());
        }
      }
      String error = text(lp.stderr());
      if (exit(lp) != 0) {
        throw failed(error.isBlank() ? "lp ended with " + exit(lp) : error.strip());
      }
    } finally {
      lp.killTree();
    }
  }

  private static String said(String... argv) {
    ChildProcess child = start(argv);
    try {
      String out = text(child.stdout());
      exit(child);
      return out;
    } finally {
      child.killTree();
    }
  }

  private static ChildProcess start(String... argv) {
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

  private static String text(InputStream from) {
    try {
      return new String(from.readNBytes(SAID_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failed(e.getMessage());
    }
  }

  private static int exit(ChildProcess child) {
    return await(child.exit());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed("CUPS did not answer within " + PATIENCE.toSeconds() + " s: is cupsd well?");
    } catch (ExecutionException e) {
      throw failed(e.getCause().getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  private static BridgeError failed(String why) {
    return new BridgeError("OperationError", "ERR_PRINTER", why);
  }
}
