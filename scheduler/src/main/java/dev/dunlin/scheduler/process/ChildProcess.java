package dev.dunlin.scheduler.process;

import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A running child. Thread: any; the streams block. */
public final class ChildProcess {
  private final Process process;
  private final InputStream stdout;
  private final InputStream stderr;
  private final Runnable killGroup;
  private final Future<Integer> exit;

  /**
   * @param killGroup ends what is in its process group; nothing if it leads none
   */
  ChildProcess(Process process, InputStream stdout, InputStream stderr, Runnable killGroup) {
    this.process = process;
    this.stdout = stdout;
    this.stderr = stderr;
    this.killGroup = killGroup;
    this.exit = Future.fromCompletionStage(process.onExit()).map(Process::exitValue);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Its exit code; 128 + signal number when a signal ended it. Completes on a thread of the JDK:
   * hop to a lane before touching state.
   */
  public Future<Integer> exit() {
    return exit;
  }

  /** Its input; closed and useless unless the stream was asked for as a pipe. */
  public OutputStream stdin() {
    return process.getOutputStream();
  }

  /**
   * Its output; at end of file unless asked for as a pipe. Of one that dies with its group, on
   * Linux, it ends when all that it has started have closed theirs; else when it ends itself.
   */
  public InputStream stdout() {
    return stdout;
  }

  /** Its errors, as {@link #stdout}. */
  public InputStream stderr() {
    return stderr;
  }

  /**
   * Hears no more of it. Who reads gets an {@link IOException} where the streams end with what it
   * has started, see {@link #stdout}, and their end elsewhere.
   */
  public void closeOutput() {
    for (InputStream stream : List.of(stdout, stderr)) {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Reads lines on a thread of their own until the stream ends. Future: completes at the end of the
   * stream, fails when reading or the consumer fails.
   */
  public static Future<Void> readLines(
      String name, InputStream stream, int maxLineBytes, Consumer<BoundedLines.Line> consumer) {
    Promise<Void> done = Promise.promise();
    Threads.start(
        "lines-" + name,
        () -> {
          try (BoundedLines lines = new BoundedLines(stream, maxLineBytes)) {
            lines.forEach(consumer);
            done.complete();
          } catch (IOException | RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  /**
   * Asks it to end: SIGTERM; on Windows, which has no such thing, the same as {@link #killTree}.
   */
  public void terminate() {
    // Not Process.destroy, which closes its pipes too: what it has to say at its end would end it.
    process.toHandle().destroy();
  }

  /** Ends it and all its descendants at once: SIGKILL. {@link #exit} tells when it is gone. */
  public void killTree() {
    if (process.isAlive()) {
      killGroup.run();
    }
    killTree(process.toHandle());
  }

  /**
   * Ends what is left of its process group, also when it has ended itself: SIGKILL. Nothing if it
   * leads none. (A number that is a group's is nobody else's process; once the group is empty it is
   * free, and is given out last.)
   */
  public void endGroup() {
    killGroup.run();
  }

  /**
   * {@link #terminate}, then {@link #killTree} if it is still there after the grace period. Blocks
   * until it is gone, and ends its group.
   */
  public void stop(Duration grace) {
    List<ProcessHandle> descendants = process.descendants().toList();
    terminate();
    try {
      process.onExit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      killTree();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      killTree();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the JDK lost track of process " + pid(), e);
    }
    descendants.forEach(ChildProcess::killTree);
    process.onExit().join();
    endGroup();
  }

  private static void killTree(ProcessHandle root) {
    // Root first, so that it can start no more; its descendants are listed before, as they then get
    // another parent.
    List<ProcessHandle> descendants = root.descendants().toList();
    root.destroyForcibly();
    for (ProcessHandle descendant : descendants) {
      killTree(descendant);
    }
  }
}
