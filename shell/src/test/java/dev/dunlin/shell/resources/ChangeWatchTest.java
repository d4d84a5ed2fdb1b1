package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.VertxScheduler;
import dev.dunlin.shell.Trees;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeWatchTest {
  private static final long SOON = 20;

  @TempDir Path temp;

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private Path root;
  private ChangeWatch watch;

  @BeforeEach
  void makeFolder() throws IOException {
    root = Files.createDirectories(temp.toRealPath().resolve("src"));
  }

  @AfterEach
  void close() {
    watch.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void start(int mostFolders) throws IOException {
    watch =
        ChangeWatch.start(
            root,
            new Settle(
                new VertxScheduler(vertx, Lane.create(vertx, "watch")),
                () -> changes.add("changed")),
            said::add,
            mostFolders);
  }

  private void start() throws IOException {
    start(ChangeWatch.FOLDERS);
  }

  private void awaitChange(String what) throws InterruptedException {
    assertNotNull(changes.poll(SOON, TimeUnit.SECONDS), what);
  }

  /** A change that counts, made after those that do not, is the only one that is told. */
  private void assertPassedOver(Path counts) throws IOException, InterruptedException {
    Files.writeString(counts, "counts");
    awaitChange("the one that counts");
    assertNull(changes.poll(), "the others were told too");
  }

  @Test
  void tellsOfFilesMadeChangedAndDeletedHoweverDeep() throws Exception {
    Path deep = Files.createDirectories(root.resolve("a/b/c"));
    start();
    Files.writeString(deep.resolve("new.css"), "1");
    awaitChange("a new file");
    Files.writeString(deep.resolve("new.css"), "2");
    awaitChange("a changed file");
    Files.delete(deep.resolve("new.css"));
    awaitChange("a deleted file");
  }

  @Test
  void picksUpNewFoldersWithAllThatIsInThem() throws Exception {
    start();
    Path deep = Files.createDirectories(root.resolve("x/y"));
    awaitChange("a new folder");
    Files.writeString(deep.resolve("z.js"), "1");
    awaitChange("a file in it");
  }

  @Test
  void passesOverDottedNamesNodeModulesAndNeighbours() throws Exception {
    Files.createDirectories(root.resolve("node_modules/left"));
    Files.createDirectories(root.resolve(".git"));
    start();
    Files.writeString(root.resolve("node_modules/left/pad.js"), "1");
    Files.writeString(root.resolve(".git/index"), "1");
    Files.writeString(root.resolve(".index.html.swp"), "1");
    Files.writeString(root.resolveSibling("socket.ini"), "1");
    assertPassedOver(root.resolve("index.html"));
  }

  @Test
  void saysThatTheFolderIsGoneAndWatchesItsSuccessor() throws Exception {
    start();
    Trees.delete(root);
    assertTrue(said.poll(SOON, TimeUnit.SECONDS).endsWith("is gone; it is looked for"));
    awaitChange("a folder that is gone");
    Files.createDirectories(root.resolve("sub"));
    assertTrue(said.poll(SOON, TimeUnit.SECONDS).endsWith("is back"));
    awaitChange("a folder that is back");
    Files.writeString(root.resolve("sub/file"), "1");
    awaitChange("a file in it");
  }

  @Test
  void saysThatThereAreTooManyFoldersOnce() throws Exception {
    for (int i = 0; i < 10; i++) {
      Files.createDirectories(root.resolve("folder" + i));
    }
    start(4);
    assertTrue(said.poll(SOON, TimeUnit.SECONDS).startsWith("only 4 folders are watched"));
    Files.createDirectories(root.resolve("another"));
    awaitChange("a new folder in the root, which is watched");
    assertEquals(0, said.size());
  }
}
