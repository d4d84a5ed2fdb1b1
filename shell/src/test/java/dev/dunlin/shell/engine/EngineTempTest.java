package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start deletes beside its own folder, and what it leaves alone. */
class EngineTempTest {
  @TempDir Path base;
  private final List<EngineTemp> claimed = new ArrayList<>();
  private long ended;

  @BeforeEach
  void end() {
    ChildProcess process = start("true");
    process.exit().toCompletionStage().toCompletableFuture().join();
    ended = process.pid();
  }

  @AfterEach
  void removeAll() {
    claimed.forEach(EngineTemp::remove);
  }

  private static ChildProcess start(String... argv) {
    return ProcessStarter.get()
        .start(ProcessSpec.of(argv).withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.NULL))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private void claim() throws IOException {
    claimed.add(
        EngineTemp.claim(
            Files.createTempDirectory(Files.createDirectories(base), EngineTemp.prefix())));
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(base.resolve(name));
  }

  private Path owned(String name, String owner) throws IOException {
    Path folder = folder(name);
    Files.createDirectory(folder.resolve("more"));
    Files.writeString(folder.resolve("more/file"), "text");
    Files.writeString(folder.resolve("owner"), owner);
    return folder;
  }

  @Test
  void deletesWhatKilledOnesLeft() throws IOException {
    Path told = owned("dunlin-" + ended + "-aB3x", ended + "\n");
    Path untold = folder("dunlin-" + ended + "-aB3y");
    Path javas = folder("dunlin-" + ended + "-1234567890123456789");
    claim();
    assertFalse(Files.exists(told));
    assertFalse(Files.exists(untold));
    assertFalse(Files.exists(javas));
  }

  @Test
  void leavesWhatIsNotOurs() throws IOException {
    Path notes = folder("dunlin-2026-11-22-notes");
    Path plan = folder("dunlin-" + ended + "-plan");
    for (Path folder : List.of(notes, plan)) {
      Files.writeString(folder.resolve("text"), "of years");
    }
    List<Path> others =
        List.of(
            notes,
            plan,
            folder("dunlin-" + ended + "-notes"),
            folder("dunlin-1000"),
            folder("dunlin-" + ProcessHandle.current().pid() + "-aB3x"),
            owned("dunlin-notes", "1000 words"),
            owned("dunlin-" + ended + "-aB3x", "Ann, 12"));
    claim();
    others.forEach(other -> assertTrue(Files.exists(other), other::toString));
    assertEquals("of years", Files.readString(plan.resolve("text")));
  }

  @Test
  void opensBesideWhatItCannotDelete() throws IOException {
    Path binary = folder("dunlin-" + ended + "-bbbb");
    Files.write(binary.resolve("owner"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Path folder = folder("dunlin-" + ended + "-cccc");
    Files.createDirectory(folder.resolve("owner"));
    List<Path> left = new ArrayList<>();
    for (String end : List.of("aaaa", "dddd", "mmmm", "zzzz")) {
      left.add(owned("dunlin-" + ended + "-" + end, Long.toString(ended)));
    }
    claim();
    assertTrue(Files.exists(binary));
    assertTrue(Files.exists(folder));
    left.forEach(gone -> assertFalse(Files.exists(gone), gone::toString));
  }

  /** As from another container, where the id of its process is nobody's. */
  @Test
  void leavesThatOfAProcessThatLivesWhateverItsIdIsHere() throws IOException {
    Path folder = folder("dunlin-" + ended + "-aB3x");
    ChildProcess holder =
        start(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            folder.toString());
    try {
      assertTrue(holder.stdout().read() > 0, "it holds nothing");
      Files.writeString(folder.resolve("owner"), Long.toString(ended));
      claim();
      assertTrue(Files.exists(folder));
      // A process has one.
      claimed.remove(0).remove();
    } finally {
      holder.killTree();
    }
    holder.exit().toCompletionStage().toCompletableFuture().join();
    claim();
    assertFalse(Files.exists(folder));
  }

  /** Has a folder of its own until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      EngineTemp temp = EngineTemp.claim(Path.of(args[0]));
      System.out.println(temp.folder());
      System.out.flush();
      System.in.read();
      temp.remove();
    }
  }

  @Test
  void removesItsOwnOnceAndForAll() throws IOException {
    claim();
    Path own = claimed.get(0).folder();
    assertEquals(
        Long.toString(ProcessHandle.current().pid()), Files.readString(own.resolve("owner")));
    claimed.get(0).remove();
    claimed.get(0).remove();
    assertFalse(Files.exists(own));
  }

  /** Chromium, when the app is ended while it starts. */
  @Test
  void removesOneThatFillsMeanwhile() throws Exception {
    claim();
    Path folder = claimed.get(0).folder();
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Integer> filled =
        CompletableFuture.supplyAsync(
            () -> {
              int files = 0;
              try {
                for (; files < 1000; files++) {
                  Files.createDirectory(folder.resolve("in-" + files));
                  begun.countDown();
                }
              } catch (IOException e) {
                // The folder has gone.
              }
              return files;
            });
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    claimed.get(0).remove();
    assertTrue(filled.join() > 0);
    assertFalse(Files.exists(folder));
  }
}
