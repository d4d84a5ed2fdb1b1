package dev.dunlin.scheduler.process;

import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Starts children: the only user of ProcessBuilder.
 *
 * <p>All are started from ONE thread that never ends. Linux sends the parent-death signal when the
 * <em>thread</em> that forked ends, not the process: a child forked on a pool thread would be
 * killed when the pool shrinks. So there is one starter per process, {@link #get()}.
 */
public final class ProcessStarter {
  /** Starts that may wait for the starter thread; beyond it a start fails at once. */
  public static final int MAX_WAITING_STARTS = 1_000;

  /** How long a child that dies gently may take to close when we exit; then it is killed. */
  public static final Duration CLOSE_GRACE = Duration.ofSeconds(8);

  private static final List<Path> SETPRIV =
      List.of(Path.of("/usr/bin/setpriv"), Path.of("/bin/setpriv"));

  private static final class Holder {
    static final ProcessStarter INSTANCE = new ProcessStarter();
  }

  private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(MAX_WAITING_STARTS);
  private final Set<ChildProcess> dieWithUs = ConcurrentHashMap.newKeySet();
  private final Set<ChildProcess> dieGently = ConcurrentHashMap.newKeySet();

  private static final List<Path> SETSID =
      List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

  // Owned by the starter thread.
  private Optional<List<String>> deathPrefix = Optional.empty();
  private Optional<GroupWatch> groups = Optional.empty();

  private ProcessStarter() {
    Threads.start(
        "process-starter",
        () -> {
          while (true) {
            try {
              queue.take().run();
            } catch (InterruptedException e) {
              // Nobody may end this thread: its end would kill every child.
              continue;
            }
          }
        });
    Threads.lastOnExit("kill-children", () -> dieWithUs.forEach(ChildProcess::killTree));
    Threads.onExit("close-children", () -> dieGently.forEach(child -> child.stop(CLOSE_GRACE)));
  }

  /** The one starter of this process. */
  public static ProcessStarter get() {
    return Holder.INSTANCE;
  }

  /**
   * Starts the program. Thread: any, never blocks; completes on the starter thread.
   *
   * <p>Fails with {@link ProcessStartException} when the program is missing or may not be run, or
   * when {@link #MAX_WAITING_STARTS} starts wait.
   */
  public Future<ChildProcess> start(ProcessSpec spec) {
    Promise<ChildProcess> promise = Promise.promise();
    boolean queued =
        queue.offer(
            () -> {
              try {
                promise.complete(fork(spec));
              } catch (RuntimeException | Error e) {
                // An Error too: with this thread every child would end.
                promise.tryFail(e);
              }
            });
    if (!queued) {
      promise.fail(
          new ProcessStartException(
              "can't start '"
                  + spec.argv().get(0)
                  + "': "
                  + MAX_WAITING_STARTS
                  + " programs wait to be started; start fewer at a time",
              null));
    }
    return promise.future();
  }

  /**
   * True when a child survives not even our SIGKILL: Linux with util-linux' setpriv. Blocks on
   * first use.
   */
  public boolean kernelEndsChildren() {
    Promise<Boolean> promise = Promise.promise();
    queue.add(() -> promise.complete(!deathPrefix().isEmpty()));
    return promise.future().toCompletionStage().toCompletableFuture().join();
  }

  private ChildProcess fork(ProcessSpec spec) {
    // setpriv would report a missing program as its own exit code; say it here, as a typed error.
    String program = spec.argv().get(0);
    boolean die = spec.parentDeath() != ParentDeath.SURVIVE;
    if (die) {
      requireProgram(spec, program);
    }
    ProcessSpec full = die ? spec.withArgvBefore(prefixFor(spec.parentDeath())) : spec;
    Optional<GroupWatch> watch =
        spec.parentDeath() == ParentDeath.DIE_WITH_GROUP && setsid().isPresent()
            ? Optional.of(groups())
            : Optional.empty();
    ChildProcess child;
    try {
      Started started = start(full, watch.isPresent() && HeldPipe.here());
      long pid = started.process().pid();
      child =
          new ChildProcess(
              started.process(),
              started.stdout(),
              started.stderr(),
              watch.<Runnable>map(all -> () -> all.kill(pid)).orElse(() -> {}));
      watch.ifPresent(
          all -> {
            all.watch(pid);
            child.exit().onComplete(ended -> all.forget(pid));
          });
    } catch (IOException e) {
      throw new ProcessStartException("can't start '" + program + "': " + e.getMessage(), e);
    }
    boolean kernelSeesToIt =
        spec.parentDeath() == ParentDeath.DIE_AFTER && !deathPrefix().isEmpty();
    if (die && !kernelSeesToIt) {
      Set<ChildProcess> fate = spec.parentDeath() == ParentDeath.DIE_GENTLY ? dieGently : dieWithUs;
      fate.add(child);
      child.exit().onComplete(ignored -> fate.remove(child));
    }
    return child;
  }

  private record Started(Process process, InputStream stdout, InputStream stderr) {}

  /**
   * @param held whether its output goes on when it has ended itself
   */
  private static Started start(ProcessSpec spec, boolean held) throws IOException {
    ProcessBuilder builder = builder(spec);
    List<HeldPipe> pipes = new ArrayList<>();
    Optional<InputStream> out = Optional.empty();
    Optional<InputStream> err = Optional.empty();
    boolean begun = false;
    try {
      if (held && spec.stdout() == Stdio.PIPE) {
        out = Optional.of(pipe(pipes, builder::redirectOutput));
      }
      if (held && spec.stderr() == Stdio.PIPE) {
        err = Optional.of(pipe(pipes, builder::redirectError));
      }
      Process process = builder.start();
      begun = true;
      return new Started(
          process, out.orElseGet(process::getInputStream), err.orElseGet(process::getErrorStream));
    } finally {
      pipes.forEach(HeldPipe::close);
      if (!begun) {
        for (HeldPipe pipe : pipes) {
          pipe.read().close();
        }
      }
    }
  }

  private static InputStream pipe(List<HeldPipe> pipes, Consumer<Redirect> output)
      throws IOException {
    HeldPipe pipe = new HeldPipe();
    pipes.add(pipe);
    output.accept(Redirect.to(pipe.file()));
    return pipe.read();
  }

  private static void requireProgram(ProcessSpec spec, String program) {
    if (spec.directory().isPresent() && !Files.isDirectory(spec.directory().get())) {
      throw new ProcessStartException(
          "can't start '" + program + "': its folder " + spec.directory().get() + " does not exist",
          null);
    }
    if (find(program).isEmpty()) {
      throw new ProcessStartException(
          "can't start '"
              + program
              + "': "
              + (program.contains("/")
                  ? "no such program, or it may not be run"
                  : "it is in no folder of PATH"),
          null);
    }
  }

  /**
   * The executable file of this name: a path as it is, a bare name looked for in PATH (as a child
   * started by name would be).
   */
  public static Optional<Path> find(String program) {
    if (program.contains("/") || program.contains(File.separator)) {
      return Optional.of(Path.of(program)).filter(ProcessStarter::isProgram);
    }
    boolean windows = File.separatorChar == '\\';
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      for (String suffix : windows ? List.of(".exe", ".cmd", ".bat", "") : List.of("")) {
        if (folder.isEmpty()) {
          continue;
        }
        Path candidate = Path.of(folder, program + suffix);
        if (isProgram(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isProgram(Path path) {
    return Files.isRegularFile(path) && Files.isExecutable(path);
  }

  /**
   * {@code setpriv --pdeathsig KILL --}, or nothing where it does not work (busybox' lacks the
   * option).
   */
  private List<String> deathPrefix() {
    if (deathPrefix.isEmpty()) {
      deathPrefix =
          Optional.of(
              SETPRIV.stream()
                  .filter(ProcessStarter::isProgram)
                  .map(path -> List.of(path.toString(), "--pdeathsig", "KILL", "--"))
                  .filter(ProcessStarter::works)
                  .findFirst()
                  .orElse(List.of()));
    }
    return deathPrefix.get();
  }

  private static Optional<Path> setsid() {
    return SETSID.stream().filter(ProcessStarter::isProgram).findFirst();
  }

  private GroupWatch groups() {
    if (groups.isEmpty()) {
      try {
        groups = Optional.of(new GroupWatch(spec -> builder(spec).start()));
      } catch (IOException e) {
        throw new ProcessStartException("can't start /bin/sh: " + e.getMessage(), e);
      }
    }
    return groups.get();
  }

  private List<String> prefixFor(ParentDeath rule) {
    if (rule == ParentDeath.DIE_WITH_GROUP) {
      List<String> prefix = new ArrayList<>(deathPrefix());
      setsid().ifPresent(path -> prefix.add(path.toString()));
      return prefix;
    }
    return rule == ParentDeath.DIE_AFTER
        ? deathPrefix().stream().map(word -> word.equals("KILL") ? "TERM" : word).toList()
        : deathPrefix();
  }

  private static boolean works(List<String> prefix) {
    ProcessSpec probe =
        ProcessSpec.of("true").withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL).withArgvBefore(prefix);
    try {
      return builder(probe).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static ProcessBuilder builder(ProcessSpec spec) {
    ProcessBuilder builder = new ProcessBuilder(spec.argv());
    spec.directory().ifPresent(path -> builder.directory(path.toFile()));
    builder.environment().clear();
    builder.environment().putAll(spec.environment());
    File none = new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
    builder.redirectInput(
        switch (spec.stdin()) {
          case PIPE -> Redirect.PIPE;
          case INHERIT -> Redirect.INHERIT;
          case NULL -> Redirect.from(none);
        });
    builder.redirectOutput(output(spec.stdout()));
    builder.redirectError(output(spec.stderr()));
    return builder;
  }

  private static Redirect output(Stdio stdio) {
    return switch (stdio) {
      case PIPE -> Redirect.PIPE;
      case INHERIT -> Redirect.INHERIT;
      case NULL -> Redirect.DISCARD;
    };
  }
}
