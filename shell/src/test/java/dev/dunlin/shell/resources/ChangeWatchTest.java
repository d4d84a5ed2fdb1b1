package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.VertxScheduler;
import dev.dunlin.shell.Trees;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeWatchTest {
  private static final long SOON = 20;

  @TempDir Path temp;

  private final BlockingQueue<Path> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private Path root;
  private ChangeWatch watch;

  @BeforeEach
  void makeFolder() throws IOException {
    root = Files.createDirectories(temp.toRealPath().resolve("src"));
  }

  @AfterEach
  void close() {
    if (watch != null) {
      watch.close();
    }
  }

  private void start(ChangeWatch.Registration registration, int mostFolders) throws IOException {
    watch = ChangeWatch.start(root, changes::add, said::add, registration, mostFolders);
  }

  private void start() throws IOException {
    start(ChangeWatch::register, ChangeWatch.FOLDERS);
  }

  private Path nextChange() throws InterruptedException {
    Path change = changes.poll(SOON, TimeUnit.SECONDS);
    assertNotNull(change, "a change");
    return change;
  }

  private void awaitChange(Path wanted) throws InterruptedException {
    while (!nextChange().equals(wanted)) {
      // Others before it.
    }
  }

  private void awaitSaid(String end) throws InterruptedException {
    String line = said.poll(SOON, TimeUnit.SECONDS);
    assertTrue(line != null && line.endsWith(end), line);
  }

  @Test
  void tellsOfFilesMadeChangedAndDeletedHoweverDeep() throws Exception {
    Path deep = Files.createDirectories(root.resolve("a/b/c"));
    start();
    Path file = Files.createFile(deep.resolve("new.css"));
    assertEquals(file, nextChange());
    Files.writeString(file, "2");
    assertEquals(file, nextChange());
    Files.delete(file);
    awaitChange(file);
  }

  @Test
  void tellsTheLoopOnceThingsHaveSettled() throws Exception {
    BlockingQueue<String> reloads = new LinkedBlockingQueue<>();
    Vertx vertx = Vertx.vertx();
    try {
      watch =
          ChangeWatch.start(
              root,
              new VertxScheduler(vertx, Lane.create(vertx, "watch")),
              () -> reloads.add("reload"),
              said::add);
      Files.writeString(root.resolve("index.html"), "1");
      assertNotNull(reloads.poll(SOON, TimeUnit.SECONDS));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void picksUpNewFoldersWithAllThatIsInThem() throws Exception {
    start();
    Path deep = Files.createDirectories(root.resolve("x/y"));
    awaitChange(root.resolve("x"));
    // The watch on y may begin before or after this; x is looked through after it is told.
    Files.createDirectory(root.resolve("z"));
    awaitChange(root.resolve("z"));
    awaitChange(Files.createFile(deep.resolve("z.js")));
  }

  /** Each neighbour of what counts is queued before it, or before what becomes of the root. */
  @Test
  void passesOverDottedNamesNodeModulesAndNeighbours() throws Exception {
    Files.createDirectories(root.resolve("node_modules/left"));
    Files.createDirectories(root.resolve(".git"));
    start();
    Files.writeString(root.resolve("node_modules/left/pad.js"), "1");
    Files.writeString(root.resolve(".git/index"), "1");
    Files.writeString(root.resolve(".index.html.swp"), "1");
    Files.writeString(root.resolveSibling("socket.ini"), "1");
    Path counts = Files.createFile(root.resolve("index.html"));
    assertEquals(counts, nextChange());
    Files.move(root, root.resolveSibling("moved"));
    awaitSaid("is gone; it is looked for");
    assertEquals(root, nextChange());
    assertNull(changes.poll());
  }

  @Test
  void saysThatTheFolderIsGoneAndWatchesItsSuccessor() throws Exception {
    start();
    Trees.delete(root);
    awaitSaid("is gone; it is looked for");
    awaitChange(root);
    Files.createDirectories(root.resolve("sub"));
    awaitSaid("is back");
    awaitChange(root);
    Files.createDirectory(root.resolve("next"));
    awaitChange(root.resolve("next"));
    awaitChange(Files.createFile(root.resolve("sub/file")));
  }

  /** Deletes a folder at the moment in which it would be watched, as a quick build does. */
  private ChangeWatch.Registration deleting(Path victim) {
    AtomicBoolean done = new AtomicBoolean();
    return (folder, service) -> {
      if (folder.equals(victim)
          && Files.exists(victim.resolve("doomed"))
          && !done.getAndSet(true)) {
        Trees.delete(victim);
      }
      return ChangeWatch.register(folder, service);
    };
  }

  @Test
  void goesOnWhenAFolderVanishesWhileItIsBeingWatched() throws Exception {
    Path dist = root.resolve("dist");
    start(deleting(dist), ChangeWatch.FOLDERS);
    Files.createDirectories(root.getParent().resolve("made/doomed"));
    Files.move(root.getParent().resolve("made"), dist);
    awaitChange(dist);
    awaitChange(dist);
    Files.createDirectory(dist);
    awaitChange(dist);
    awaitChange(Files.createFile(dist.resolve("file")));
    assertEquals(0, said.size(), said::toString);
  }

  @Test
  void goesOnWhenTheRootVanishesWhileItIsBeingWatched() throws Exception {
    start(deleting(root), ChangeWatch.FOLDERS);
    Trees.delete(root);
    awaitSaid("is gone; it is looked for");
    Files.createDirectories(root.getParent().resolve("made/doomed"));
    Files.move(root.getParent().resolve("made"), root);
    awaitSaid("is back");
    awaitSaid("is gone; it is looked for");
    Files.createDirectory(root);
    awaitSaid("is back");
    awaitChange(Files.createFile(root.resolve("file")));
  }

  @Test
  void endsWithAWordAndHoldsNothingWhenTheSystemWatchesNoMore() throws Exception {
    AtomicReference<WatchService> used = new AtomicReference<>();
    start(
        (folder, service) -> {
          used.set(service);
          if (folder.endsWith("over")) {
            throw new IOException("User limit of inotify watches reached");
          }
          return ChangeWatch.register(folder, service);
        },
        ChangeWatch.FOLDERS);
    Files.createDirectory(root.resolve("over"));
    awaitSaid("are not watched any more: User limit of inotify watches reached");
    assertThrows(ClosedWatchServiceException.class, () -> used.get().poll());
  }

  @Test
  void saysWhyItCantBegin() {
    root = temp.resolve("missing");
    IOException fault = assertThrows(IOException.class, this::start);
    assertTrue(fault.getMessage().contains("missing is no folder"), fault.getMessage());
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void manyChangesBesideTheFolderAreNone() throws Exception {
    CountDownLatch neighbours = new CountDownLatch(1);
    AtomicInteger rootAdded = new AtomicInteger();
    Path first = root.resolve("first");
    watch =
        ChangeWatch.start(
            root,
            path -> {
              changes.add(path);
              if (path.equals(first)) {
                awaitUninterrupted(neighbours);
              }
            },
            said::add,
            (folder, service) -> {
              if (folder.equals(root)) {
                rootAdded.incrementAndGet();
              }
              return ChangeWatch.register(folder, service);
            },
            ChangeWatch.FOLDERS);
    Files.createFile(first);
    assertEquals(first, nextChange());
    // While the watch is held up. The JDK keeps 512 events of a folder, then says: some were lost.
    for (int i = 0; i < 2_000; i++) {
      Files.createFile(root.resolveSibling("neighbour" + i));
    }
    Path second = Files.createFile(root.resolve("second"));
    neighbours.countDown();
    assertEquals(second, nextChange());
    assertTrue(rootAdded.get() > 1, "nothing was lost: this proved nothing");
  }

  @Test
  void saysThatThereAreTooManyFoldersOnce() throws Exception {
    for (int i = 0; i < 10; i++) {
      Files.createDirectories(root.resolve("folder" + i));
    }
    start(ChangeWatch::register, 4);
    assertTrue(said.poll(SOON, TimeUnit.SECONDS).startsWith("only 4 folders are watched"));
    awaitChange(Files.createDirectories(root.resolve("another")));
    assertEquals(0, said.size());
  }
}
