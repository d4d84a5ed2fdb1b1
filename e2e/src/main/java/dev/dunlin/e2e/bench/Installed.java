package dev.dunlin.e2e.bench;

import dev.dunlin.e2e.Layout;
import dev.dunlin.e2e.ProcessTree;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.Trees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Apps as users have them: a folder that {@code dunlin build --target app-image} has made, and
 * further apps on its runtime, as thin packages share one.
 */
final class Installed implements AutoCloseable {
  private static final Clock CLOCK = new SystemClock();

  /** Before memory is looked at: Chromium tidies up for some seconds. */
  private static final Duration IDLE = Duration.ofSeconds(12);

  /** Between two looks at a start. */
  private static final Duration LOOK = Duration.ofMillis(2);

  /** What a library that has been mapped says of a start. */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "/libjvm.so", "the script is done, Java begins",
          "/libcef.so", "Java runs Dunlin, Chromium's library is being loaded",
          "/libawt_xawt.so", "the toolkit is there",
          "/libjcef.so", "Chromium's library is loaded",
          "/resources.pak", "Chromium initialises");

  private static final Map<String, String> PROCESSES =
      Map.of(
          "--type=gpu-process", "the graphics process starts",
          "--type=renderer", "the page's process starts");

  private static final String UP = "the page is up";

  private final Layout layout;
  private final Map<String, String> display;
  private final Path folder;
  private final Path runtime;
  private final Path bench;
  private final String home;
  private int apps;

  Installed(Layout layout, Map<String, String> display) throws IOException {
    this.layout = layout;
    this.display = display;
    this.folder = Files.createTempDirectory("dunlin-bench-installed-");
    Path image = build(layout.home().resolve("e2e/apps/bench"), "--target", "app-image");
    this.runtime = image.resolve("runtime");
    // As a package's own script does.
    run(List.of(runtime.resolve("bin/make-archive").toString(), "installed"));
    this.bench = image.resolve("app");
    this.home = newHome();
  }

  private String newHome() throws IOException {
    String name = RandomSource.secure().hex128();
    Files.createDirectory(folder.resolve(name));
    return name;
  }

  /** Of a run, from the start of its script on; see {@link #startMs}. */
  private final class Run implements AutoCloseable {
    private final String marker;
    private final Instant spawned = CLOCK.wallTime();
    private final ChildProcess child;
    private final BufferedReader out;

    /**
     * @param home its name marks the processes: those that Chromium forks show no environment, but
     *     the profile in their command line
     */
    Run(Path app, String home) {
      marker = home;
      Map<String, String> environment = new HashMap<>(System.getenv());
      environment.putAll(display);
      environment.put(ProcessTree.MARKER, marker);
      environment.put("HOME", folder.resolve(home).toString());
      // Java takes the home of the account.
      for (String kind : List.of("DATA", "CONFIG", "CACHE", "STATE")) {
        environment.put("XDG_" + kind + "_HOME", folder.resolve(home).toString());
      }
      child =
          ProcessStarter.get()
              .start(
                  ProcessSpec.of(runtime.resolve("bin/dunlin-app").toString(), app.toString())
                      .withEnvironment(environment)
                      .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.INHERIT))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      out = new BufferedReader(new InputStreamReader(child.stdout(), StandardCharsets.UTF_8));
    }

    /** The rest of the line that begins so. */
    String await(String beginning) {
      try {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          int at = line.indexOf(beginning);
          if (at >= 0) {
            return line.substring(at + beginning.length());
          }
        }
        throw new IllegalStateException("the installed app ended before it said: " + beginning);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Iterable<Long> processes() {
      return ProcessTree.of(marker).keySet();
    }

    @Override
    public void close() {
      child.killTree();
      child.exit().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** From its start to the first call that is answered. */
  double startMs() {
    try (Run run = new Run(bench, home)) {
      return Double.parseDouble(run.await(Bench.FIRST)) - Bench.epochMs(run.spawned);
    }
  }

  /**
   * What has happened by when in a start, in ms from its beginning, as it is seen from outside:
   * when the process is Java, when a library is there, when a process of Chromium's is.
   */
  Map<String, Double> steps() {
    Map<String, Double> steps = new LinkedHashMap<>();
    try (Run run = new Run(bench, home)) {
      Path maps = Path.of("/proc", Long.toString(run.child.pid()), "maps");
      CompletableFuture<String> first = Threads.async("steps", () -> run.await(Bench.FIRST));
      while (!first.isDone()) {
        double now = Bench.epochMs(CLOCK.wallTime()) - Bench.epochMs(run.spawned);
        String mapped = text(maps);
        LIBRARIES.forEach((library, step) -> note(steps, mapped.contains(library), step, now));
        String processes = ProcessTree.of(run.marker).values().toString();
        PROCESSES.forEach((words, step) -> note(steps, processes.contains(words), step, now));
        LockSupport.parkNanos(LOOK.toNanos());
      }
      steps.put(
          "the first call is answered",
          Double.parseDouble(first.join()) - Bench.epochMs(run.spawned));
    }
    return steps;
  }

  private static void note(Map<String, Double> steps, boolean is, String step, double now) {
    if (is) {
      steps.putIfAbsent(step, now);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It has just become another program, or has ended.
      return "";
    }
  }

  /**
   * Memory of the tour, so many times at once on one runtime: of each what it has alone and its
   * part of what it shares.
   *
   * @param beforeStart is done when they are there and none runs
   */
  List<Double> idleMib(int count, Runnable beforeStart) throws IOException {
    List<Path> tours = new ArrayList<>();
    while (tours.size() < count) {
      tours.add(tour());
    }
    beforeStart.run();
    List<Run> runs = new ArrayList<>();
    try {
      for (Path tour : tours) {
        Run run = new Run(tour, newHome());
        runs.add(run);
        run.await(UP);
      }
      new CountDownLatch(1).await(IDLE.toMillis(), TimeUnit.MILLISECONDS);
      return runs.stream()
          .map(run -> ProcessTree.proportionalBytes(run.processes()) / 1048576.0)
          .toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      runs.forEach(Run::close);
    }
  }

  /** The tour under another identifier, which says when it is up. */
  private Path tour() throws IOException {
    String name = "tour-" + apps++;
    Path app = folder.resolve(name);
    Layout.copyTree(layout.home().resolve("templates/vanilla"), app);
    Path ini = app.resolve("socket.ini");
    Files.writeString(
        ini,
        Files.readString(ini)
            .replace("name = dunlin-tour", "name = " + name)
            .replace("dev.dunlin.tour", "dev.dunlin.bench." + name));
    Files.writeString(
        app.resolve("src/app.js"), "\nconsole.log('" + UP + "')\n", StandardOpenOption.APPEND);
    Path deb = build(app, "--target", "deb", "--thin");
    Path unpacked = folder.resolve(name + "-unpacked");
    run(List.of("dpkg-deb", "--extract", deb.toString(), unpacked.toString()));
    return unpacked.resolve("usr/share/" + name + "/app");
  }

  private Path build(Path app, String... words) throws IOException {
    Path jar;
    try (Stream<Path> jars = Files.list(layout.home().resolve("installers/target"))) {
      jar =
          jars.filter(file -> file.getFileName().toString().matches("dunlin-installers-[0-9.]+jar"))
              .findFirst()
              .orElseThrow();
    }
    Path to = folder.resolve("made-" + app.getFileName());
    List<String> argv =
        new ArrayList<>(
            List.of(
                Layout.jdk().resolve("bin/java").toString(),
                "-Ddunlin.home=" + layout.home(),
                "-Ddunlin.engine=" + layout.engine(),
                "-cp",
                layout.dist() + "/lib/*:" + jar,
                "dev.dunlin.installers.Main",
                "build",
                "--quiet",
                "--output",
                to.toString()));
    argv.addAll(List.of(words));
    argv.add(app.toString());
    run(argv);
    try (Stream<Path> made = Files.list(to)) {
      return made.filter(path -> !path.getFileName().toString().startsWith("."))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void run(List<String> argv) {
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(argv.toArray(String[]::new))
                    .withStdio(Stdio.NULL, Stdio.INHERIT, Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    int code = child.exit().toCompletionStage().toCompletableFuture().join();
    if (code != 0) {
      throw new IllegalStateException(argv + " ended with " + code);
    }
  }

  @Override
  public void close() throws IOException {
    Trees.delete(folder);
  }
}
