package dev.dunlin.shell.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.update.FaultyDisk.PowerCut;
import dev.dunlin.shell.update.UpdateException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is opened after an update stopped at any of its steps. */
class PowerCutTest {
  private static final Version OLD = Version.parse("1.1.0");
  private static final Version NEW = Version.parse("1.2.0");

  @TempDir private Path folder;

  /** 1.0.0 is installed, 1.1.0 is opened, 1.2.0 is on the server. */
  private World world(String name) throws IOException {
    Path ready = folder.resolve("ready");
    World world;
    if (Files.exists(ready)) {
      // Made once: what is forced to the disk takes its time.
      copy(ready, folder.resolve(name));
      world = new World(folder.resolve(name));
    } else {
      world = new World(ready).install();
      world.publish("1.1.0", Map.of("src/a.js", "1"));
      world.update();
      return world(name);
    }
    world.publish("1.2.0", Map.of("src/a.js", "2", "src/deep/b.js", "x".repeat(100_000)));
    return world;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path path : AppTree.all(from)) {
      Path target = to.resolve(from.relativize(path));
      if (Files.isDirectory(path)) {
        Files.createDirectories(target);
      } else {
        Files.createDirectories(target.getParent());
        Files.copy(path, target);
      }
    }
  }

  /** It is whole, and an update can still come. */
  private static void opensAVersionAndGoesOn(World world, String when, Set<Version> may)
      throws IOException {
    UpdateStore.Choice choice = world.choose();
    assertTrue(may.contains(choice.app().version()), when + ": opened " + choice.app().version());
    assertEquals("[]", choice.messages().toString(), when);
    choice.app().files().requireExactly();
    if (choice.app().version().equals(OLD)) {
      world.update();
      choice = world.choose();
      assertEquals(NEW, choice.app().version(), when);
      choice.app().files().requireExactly();
    }
  }

  @Test
  void opensTheOldOrTheNewVersionAfterACutAtAnyStep() throws IOException {
    boolean finished = false;
    int cut = 0;
    while (!finished) {
      cut++;
      World world = world("cut" + cut);
      FaultyDisk disk = new FaultyDisk(cut, false);
      try {
        world.updater(disk).download((done, total) -> {}, () -> false);
        world.updater(disk).apply();
        finished = true;
      } catch (PowerCut e) {
        disk.lose();
      }
      String when = "cut at step " + cut + ", " + disk.steps.get(disk.steps.size() - 1);
      opensAVersionAndGoesOn(world, when, finished ? Set.of(NEW) : Set.of(OLD, NEW));
    }
    assertTrue(cut > 40, "an update has more steps than " + cut);
  }

  @Test
  void saysThatTheDiskIsFullAndOpensTheOldVersion() throws IOException {
    boolean finished = false;
    int full = 0;
    while (!finished) {
      full++;
      World world = world("full" + full);
      FaultyDisk disk = new FaultyDisk(full, true);
      Version opened = OLD;
      try {
        world.updater(disk).download((done, total) -> {}, () -> false);
        world.updater(disk).apply();
        opened = NEW;
        finished = disk.steps.size() < full;
      } catch (UpdateException e) {
        assertEquals(Code.DISK, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
      }
      String when = "full at step " + full + ", " + disk.steps.get(disk.steps.size() - 1);
      boolean isSwitched =
          disk.steps.stream().anyMatch(s -> s.startsWith("move") && s.endsWith("state.next"));
      opensAVersionAndGoesOn(world, when, isSwitched ? Set.of(OLD, NEW) : Set.of(opened));
    }
  }

  @Test
  void opensTheOldVersionWhenTheStartsOfANewOneCannotBeCounted() throws IOException {
    World world = world("uncounted");
    world.updater().download((done, total) -> {}, () -> false);
    world.updater().apply();
    UpdateStore.Choice choice =
        new UpdateStore(world.updates(), new FaultyDisk(1, true))
            .choose(world.installed(), Key.of(World.AUTHOR));
    assertEquals(OLD, choice.app().version());
    assertTrue(choice.messages().get(0).contains("No space left on device"));
    assertEquals(NEW, world.choose().app().version());
  }
}
