package dev.dunlin.installers;

import dev.dunlin.scheduler.process.BoundedLines;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessStarter;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

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
    String name = Path.of(spec.argv().get(0)).getFileName().toString();
    List<String> out = Collections.synchronizedList(new ArrayList<>());
    List<String> err = Collections.synchronizedList(new ArrayList<>());
    int code;
    try {
      ChildProcess child = await(ProcessStarter.get().start(spec));
      var output = ChildProcess.readLines(name, child.stdout(), LINE_BYTES, l -> out.add(text(l)));
      var errors = ChildProcess.readLines(name, child.stderr(), LINE_BYTES, l -> err.add(text(l)));
      await(output);
      await(errors);
      code = await(child.exit());
    } catch (CompletionException e) {
      throw new BuildException("can't run " + name + ": " + e.getCause().getMessage(), e);
    }
    if (code != 0) {
      List<String> words = err.isEmpty() ? out : err;
      throw new BuildException(
          name
              + " failed ("
              + code
              + "): "
              + String.join(
                  "\n  ", words.subList(Math.max(0, words.size() - REPEATED_LINES), words.size())));
    }
    return List.copyOf(out);
  }

  private static String text(BoundedLines.Line line) {
    return line.text();
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
