package dev.dunlin.installers;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessStarter;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** A program of the system or of the JDK that does a part of the work. Blocks. */
final class Tool {
  /** Longest line that is kept of what a tool says; more is cut. */
  private static final int LINE_BYTES = 16 << 10;

  /** How much of its words a message about its failure repeats. */
  private static final int REPEATED_LINES = 20;

  private final ProcessSpec spec;

  private Tool(ProcessSpec spec) {
    this.spec = spec;
  }

  static Tool of(String... argv) {
    return new Tool(ProcessSpec.of(argv).withParentDeath(ParentDeath.DIE_WITH_GROUP));
  }

  static Tool of(List<String> argv) {
    return of(argv.toArray(String[]::new));
  }

  Tool in(Path folder) {
    return new Tool(spec.withDirectory(folder));
  }

  Tool with(Map<String, String> variables) {
    ProcessSpec more = spec;
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      more = more.withVariable(variable.getKey(), variable.getValue());
    }
    return new Tool(more);
  }

  /** True when the system has it. */
  static boolean isThere(String name) {
    return ProcessStarter.find(name).isPresent();
  }

  /**
   * Runs it to its end.
   *
   * @return the lines of its output
   * @throws BuildException when it can't be started or fails
   */
  List<String> run() {
    List<String> out = Collections.synchronizedList(new ArrayList<>());
    run(
        stdout -> await(ChildProcess.readLines(name(), stdout, LINE_BYTES, l -> out.add(l.text()))),
        out);
    return List.copyOf(out);
  }

  /** As {@link #run}, with its output in a file. */
  void runInto(Path file) {
    run(
        stdout -> {
          try (OutputStream to = Files.newOutputStream(file)) {
            stdout.transferTo(to);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        List.of());
  }

  private void run(Consumer<InputStream> reader, List<String> out) {
    List<String> err = Collections.synchronizedList(new ArrayList<>());
    int code;
    try {
      ChildProcess child = await(ProcessStarter.get().start(spec));
      Future<Void> errors =
          ChildProcess.readLines(name(), child.stderr(), LINE_BYTES, l -> err.add(l.text()));
      reader.accept(child.stdout());
      await(errors);
      code = await(child.exit());
    } catch (CompletionException e) {
      throw new BuildException(
          "can't run " + name() + ": " + e.getCause().getMessage() + ". Install it.", e);
    }
    if (code != 0) {
      List<String> words = err.isEmpty() ? out : err;
      throw new BuildException(
          name()
              + " failed ("
              + code
              + "): "
              + String.join(
                  "\n  ", words.subList(Math.max(0, words.size() - REPEATED_LINES), words.size())));
    }
  }

  private String name() {
    return Path.of(spec.argv().get(0)).getFileName().toString();
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
