package dev.dunlin.scheduler.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class ProcessStarterTest {
  private final ProcessStarter starter = ProcessStarter.get();

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static void awaitGone(long pid) throws Exception {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (handle.isPresent()) {
      handle.get().onExit().get(20, TimeUnit.SECONDS);
    }
  }

  private static String text(ChildProcess child) throws IOException {
    return new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8).trim();
  }

  @Test
  void passesArgumentsEnvironmentAndFolderAsTheyAre(@TempDir Path folder) throws Exception {
    Path real = folder.toRealPath();
    ChildProcess child =
        await(
            starter.start(
                ProcessSpec.of(
                        "/bin/sh", "-c", "echo \"$1|$K|$(pwd)|$(env | wc -l)\"", "sh", "a \"b' *")
                    .withEnvironment(Map.of("K", "v ü", "PATH", "/usr/bin:/bin"))
                    .withDirectory(real)));
    String[] seen = text(child).split("\\|");
    assertEquals("a \"b' *", seen[0]);
    assertEquals("v ü", seen[1]);
    assertEquals(real.toString(), seen[2]);
    assertEquals(0, await(child.exit()));
  }

  @Test
  void givesTheExitCodeAndTheSignal() throws Exception {
    assertEquals(7, await(await(starter.start(ProcessSpec.of("/bin/sh", "-c", "exit 7"))).exit()));
    assertEquals(
        128 + 9, await(await(starter.start(ProcessSpec.of("/bin/sh", "-c", "kill -9 $$"))).exit()));
  }

  @Test
  void talksOverPipes() throws Exception {
    ChildProcess child =
        await(starter.start(ProcessSpec.of("cat").withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.NULL)));
    List<BoundedLines.Line> lines = new ArrayList<>();
    Future<Void> end = ChildProcess.readLines("cat", child.stdout(), 5, lines::add);
    child.stdin().write("one\nlonger than five\n".getBytes(StandardCharsets.UTF_8));
    child.stdin().close();
    await(end);
    assertEquals(
        List.of(new BoundedLines.Line("one", false), new BoundedLines.Line("longe", true)), lines);
    assertEquals(0, await(child.exit()));
  }

  @Test
  void namesAProgramThatIsMissingOrNotExecutable(@TempDir Path folder) throws Exception {
    for (ParentDeath rule : ParentDeath.values()) {
      for (String program : List.of("no-such-program-here", "/no/such/program", "/etc/passwd")) {
        Throwable cause =
            assertThrows(
                    ExecutionException.class,
                    () -> await(starter.start(ProcessSpec.of(program).withParentDeath(rule))))
                .getCause();
        assertEquals(ProcessStartException.class, cause.getClass());
        assertTrue(cause.getMessage().contains("'" + program + "'"), cause.getMessage());
      }
      Path gone = folder.resolve("gone");
      Throwable cause =
          assertThrows(
                  ExecutionException.class,
                  () ->
                      await(
                          starter.start(
                              ProcessSpec.of("true").withParentDeath(rule).withDirectory(gone))))
              .getCause();
      assertTrue(cause.getMessage().contains(gone.toString()), cause.getMessage());
    }
  }

  @Test
  void refusesNulAndAnEmptyProgram() {
    assertThrows(IllegalArgumentException.class, () -> ProcessSpec.of("a\0b"));
    assertThrows(IllegalArgumentException.class, () -> ProcessSpec.of(""));
    assertThrows(IllegalArgumentException.class, () -> ProcessSpec.of());
  }

  @Test
  void killsAChildWithItsGrandchildren() throws Exception {
    ChildProcess child =
        await(
            starter.start(
                ProcessSpec.of(
                    "/bin/sh",
                    "-c",
                    "sleep 1000 & echo $!; sh -c 'sleep 1000 & echo $!; wait'; wait")));
    List<Long> pids = new ArrayList<>();
    BoundedLines lines = new BoundedLines(child.stdout(), 100);
    pids.add(Long.valueOf(lines.next().orElseThrow().text()));
    pids.add(Long.valueOf(lines.next().orElseThrow().text()));
    child.killTree();
    assertEquals(128 + 9, await(child.exit()));
    for (long pid : pids) {
      awaitGone(pid);
    }
  }

  @Test
  void stopKillsAChildThatIgnoresTheRequestAndLeavesNoGrandchild() throws Exception {
    ChildProcess child =
        await(
            starter.start(
                ProcessSpec.of(
                    "/bin/sh",
                    "-c",
                    "trap '' TERM; sleep 1000 & echo $!; while :; do wait; done")));
    long grandchild =
        Long.parseLong(new BoundedLines(child.stdout(), 100).next().orElseThrow().text());
    child.stop(Duration.ofMillis(50));
    assertFalse(child.isAlive());
    awaitGone(grandchild);
  }

  /**
   * Starts children as its argument says, prints their pids, then waits to be killed or told to
   * exit.
   */
  static final class Parent {
    public static void main(String[] args) throws Exception {
      ParentDeath rule = ParentDeath.valueOf(args[0]);
      ChildProcess child =
          await(
              ProcessStarter.get()
                  .start(
                      ProcessSpec.of("/bin/sh", "-c", args[1])
                          .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.NULL)
                          .withParentDeath(rule)));
      System.out.println(child.pid());
      if (args[1].contains("echo")) {
        System.out.println(new BoundedLines(child.stdout(), 100).next().orElseThrow().text());
      }
      if (System.in.read() >= 0) {
        System.exit(3);
      }
    }
  }

  private ChildProcess startParent(ParentDeath rule) throws Exception {
    return startParent(rule, "exec sleep 1000");
  }

  private ChildProcess startParent(ParentDeath rule, String script) throws Exception {
    return await(
        starter.start(
            ProcessSpec.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Parent.class.getName(),
                    rule.name(),
                    script)
                .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.INHERIT)));
  }

  @Test
  void leavesNoChildWhenItsParentIsKilledByTheKernelsHardestSignal() throws Exception {
    assumeTrue(starter.kernelEndsChildren(), "needs Linux with util-linux' setpriv");
    ChildProcess parent = startParent(ParentDeath.DIE);
    long child = Long.parseLong(new BoundedLines(parent.stdout(), 100).next().orElseThrow().text());
    assertTrue(ProcessHandle.of(child).isPresent());
    ProcessHandle.of(parent.pid()).orElseThrow().destroyForcibly();
    assertEquals(128 + 9, await(parent.exit()));
    awaitGone(child);
  }

  @Test
  void leavesNoGrandchildWhenTheParentIsKilledByTheKernelsHardestSignal() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "needs setsid");
    // Ignores what can be ignored, and has lost its parent: no walk along parents finds it.
    ChildProcess parent =
        startParent(
            ParentDeath.DIE_WITH_GROUP,
            "(sh -c 'trap \"\" TERM HUP; echo $$; sleep 1000' &) ; sleep 1000");
    BoundedLines lines = new BoundedLines(parent.stdout(), 100);
    long child = Long.parseLong(lines.next().orElseThrow().text());
    long grandchild = Long.parseLong(lines.next().orElseThrow().text());
    assertTrue(ProcessHandle.of(grandchild).isPresent());
    ProcessHandle.of(parent.pid()).orElseThrow().destroyForcibly();
    awaitGone(child);
    awaitGone(grandchild);
  }

  private static List<ProcessHandle> watches(long parent) throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    for (ProcessHandle child : ProcessHandle.of(parent).orElseThrow().children().toList()) {
      Path words = Path.of("/proc/" + child.pid() + "/cmdline");
      if (Files.exists(words) && Files.readString(words).contains("dunlin-group-watch")) {
        found.add(child);
      }
    }
    return found;
  }

  @Test
  void whoWatchesOverGroupsIsStartedAgainWhenItDies() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "needs setsid");
    ChildProcess parent =
        startParent(
            ParentDeath.DIE_WITH_GROUP,
            "(sh -c 'trap \"\" TERM HUP; echo $$; sleep 1000' &) ; sleep 1000");
    BoundedLines lines = new BoundedLines(parent.stdout(), 100);
    lines.next();
    long grandchild = Long.parseLong(lines.next().orElseThrow().text());
    ProcessHandle first = watches(parent.pid()).get(0);
    first.destroyForcibly();
    awaitGone(first.pid());
    while (watches(parent.pid()).isEmpty()) {
      assertTrue(parent.isAlive());
      Thread.onSpinWait();
    }
    ProcessHandle.of(parent.pid()).orElseThrow().destroyForcibly();
    awaitGone(grandchild);
  }

  @Test
  void killsTheWholeGroupAndNothingOnceItsLeaderHasEnded() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "needs setsid");
    ProcessSpec orphaned =
        ProcessSpec.of("/bin/sh", "-c", "(sleep 1000 >&- & echo $!); read x")
            .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.NULL)
            .withParentDeath(ParentDeath.DIE_WITH_GROUP);
    ChildProcess killed = await(starter.start(orphaned));
    long orphan =
        Long.parseLong(new BoundedLines(killed.stdout(), 100).next().orElseThrow().text());
    killed.killTree();
    awaitGone(orphan);
    ChildProcess ended = await(starter.start(orphaned));
    long left = Long.parseLong(new BoundedLines(ended.stdout(), 100).next().orElseThrow().text());
    ended.stdin().close();
    await(ended.exit());
    ended.killTree();
    assertTrue(ProcessHandle.of(left).orElseThrow().isAlive());
    ProcessHandle.of(left).orElseThrow().destroyForcibly();
  }

  @Test
  void hearsWhatAChildHasStartedToItsEndThoughTheChildEndedBefore() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "needs setsid");
    for (int i = 0; i < 20; i++) {
      ChildProcess child =
          await(
              starter.start(
                  ProcessSpec.of(
                          "/bin/sh", "-c", "exec 3<&0; (read x; echo late; echo worse >&2) <&3 &")
                      .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.PIPE)
                      .withParentDeath(ParentDeath.DIE_WITH_GROUP)));
      assertEquals(0, await(child.exit()));
      // Its input ends once the JDK has seen to its end: only then is something said.
      assertEquals("late", text(child));
      assertEquals(
          "worse", new String(child.stderr().readAllBytes(), StandardCharsets.UTF_8).trim());
    }
  }

  @Test
  void hearsNoMoreOfWhatAChildHasStartedWhenTold() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setsid")), "needs setsid");
    ChildProcess child =
        await(
            starter.start(
                ProcessSpec.of("/bin/sh", "-c", "setsid sleep 1000 & echo $!")
                    .withParentDeath(ParentDeath.DIE_WITH_GROUP)));
    Promise<Long> first = Promise.promise();
    Future<Void> end =
        ChildProcess.readLines(
            "held", child.stdout(), 100, line -> first.tryComplete(Long.parseLong(line.text())));
    long left = await(first.future());
    try {
      assertEquals(0, await(child.exit()));
      assertFalse(end.isComplete());
      child.closeOutput();
      await(end.otherwiseEmpty());
    } finally {
      ProcessHandle.of(left).orElseThrow().destroyForcibly();
    }
  }

  @Test
  void leavesNoChildWhenItsParentExits() throws Exception {
    for (ParentDeath rule :
        List.of(ParentDeath.DIE, ParentDeath.DIE_GENTLY, ParentDeath.DIE_WITH_GROUP)) {
      ChildProcess parent = startParent(rule);
      long child =
          Long.parseLong(new BoundedLines(parent.stdout(), 100).next().orElseThrow().text());
      parent.stdin().write('x');
      parent.stdin().flush();
      assertEquals(3, await(parent.exit()));
      awaitGone(child);
    }
  }

  @Test
  void aChildThatMaySurviveDoes() throws Exception {
    ChildProcess parent = startParent(ParentDeath.SURVIVE);
    long pid = Long.parseLong(new BoundedLines(parent.stdout(), 100).next().orElseThrow().text());
    parent.stdin().write('x');
    parent.stdin().flush();
    assertEquals(3, await(parent.exit()));
    ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
    assertTrue(child.isAlive());
    child.destroyForcibly();
    awaitGone(pid);
  }

  @Test
  void outlivesTheThreadThatAskedForIt() throws Exception {
    ChildProcess[] child = new ChildProcess[1];
    Thread asker =
        dev.dunlin.scheduler.Threads.start(
            "asker",
            () ->
                child[0] =
                    starter
                        .start(ProcessSpec.of("cat").withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.NULL))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join());
    asker.join();
    // A child bound to the asker's thread would be gone by now; this one still answers.
    child[0].stdin().write("still here\n".getBytes(StandardCharsets.UTF_8));
    child[0].stdin().flush();
    assertEquals(
        "still here", new BoundedLines(child[0].stdout(), 100).next().orElseThrow().text());
    child[0].killTree();
    await(child[0].exit());
  }

  @Test
  void findsProgramsInPathOnly(@TempDir Path folder) throws IOException {
    assertTrue(ProcessStarter.find("sh").isPresent());
    assertTrue(ProcessStarter.find("no-such-program-here").isEmpty());
    Path file = Files.writeString(folder.resolve("plain"), "");
    assertTrue(ProcessStarter.find(file.toString()).isEmpty());
  }
}
