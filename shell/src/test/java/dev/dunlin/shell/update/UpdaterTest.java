package dev.dunlin.shell.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.shell.update.Manifest.KeyChange;
import dev.dunlin.shell.update.UpdateException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdaterTest {
  @TempDir private Path folder;
  private World world;

  @BeforeEach
  void begin() throws IOException {
    world = new World(folder).install();
  }

  private String opened() throws IOException {
    return world.choose().app().version().toString();
  }

  private void refuses(Code code, String message) throws IOException {
    String before = opened();
    UpdateException refusal =
        assertThrows(
            UpdateException.class,
            () -> {
              world.updater().download((done, total) -> {}, () -> false);
              world.updater().apply();
            });
    assertEquals(code, refusal.code(), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
    assertEquals(before, opened());
    world.choose().app().files().requireExactly();
  }

  // ---- honest use

  @Test
  void opensTheNewVersionAndDownloadsOnlyWhatHasChanged() throws IOException {
    Manifest release = world.publish("1.1.0", Map.of("src/new.js", "new", "src/copy.js", "new"));
    assertEquals(
        release.files().get("socket.ini").sizeBytes() + 3,
        world.updater().check().orElseThrow().downloadBytes());
    world.asked.clear();
    List<Long> progress = new ArrayList<>();
    world.updater().download((done, total) -> progress.add(total - done), () -> false);
    assertEquals(
        List.of(
            "dunlin.manifest",
            "files/" + release.files().get("socket.ini").sha256(),
            "files/" + release.files().get("src/new.js").sha256()),
        world.asked);
    assertEquals(0L, progress.get(progress.size() - 1));
    assertEquals("1.0.0", opened());
    assertEquals("1.1.0", world.updater().apply().toString());
    assertEquals("1.1.0", opened());
    world.choose().app().files().requireExactly();
    assertTrue(world.updater().check().isEmpty());
  }

  @Test
  void keepsThatAFileIsAProgram() throws IOException {
    SortedMap<String, byte[]> files = World.files("1.1.0", Map.of("backend.sh", "#!/bin/sh\n"));
    Manifest plain = World.manifest("1.1.0", files);
    var entries = new java.util.TreeMap<>(plain.files());
    entries.computeIfPresent(
        "backend.sh", (path, e) -> new Manifest.Entry(e.sizeBytes(), e.sha256(), true));
    world.publish("1.1.0", files, World.AUTHOR, List.of());
    world.server.put(
        "dunlin.manifest",
        Manifest.ofFiles(World.ID, "1.1.0", entries)
            .sign(World.AUTHOR, World.NOW.plusSeconds(9), Version.parse("1.0.0"), List.of())
            .toBytes());
    world.update();
    Path app = world.choose().app().files().folder();
    assertTrue(Files.isExecutable(app.resolve("backend.sh")));
    assertFalse(Files.isExecutable(app.resolve("socket.ini")));
  }

  @Test
  void goesOnWhereADownloadBrokeOff() throws IOException {
    world.publish("1.1.0", Map.of("src/big.bin", "0123456789".repeat(20_000)));
    world.patience = 150_000;
    refuses(Code.NETWORK, "broke off");
    world.patience = Integer.MAX_VALUE;
    world.asked.clear();
    world.update();
    assertTrue(
        world.asked.stream().anyMatch(name -> name.endsWith("@150000")), world.asked.toString());
    assertEquals("1.1.0", opened());
  }

  @Test
  void takesTheInstalledVersionOverAnOlderUpdate() throws IOException {
    world.publish("1.1.0", Map.of());
    world.update();
    assertEquals("1.1.0", opened());
    World newer = new World(folder.resolve("other")).install();
    newer.publish("1.2.0", Map.of());
    newer.update();
    // The package came with 1.2.0.
    InstalledApp installed = newer.choose().app();
    UpdateStore.Choice choice =
        new UpdateStore(world.updates()).choose(installed, Key.of(World.AUTHOR));
    assertEquals("1.2.0", choice.app().version().toString());
    assertFalse(choice.isUpdate());
  }

  @Test
  void followsAChangeOfKeyAndForgetsTheOldOne() throws IOException {
    List<KeyChange> changes = List.of(KeyChange.sign(World.ID, World.AUTHOR, Key.of(World.NEXT)));
    world.publish("1.1.0", World.files("1.1.0", Map.of()), World.NEXT, changes);
    world.update();
    assertEquals("1.1.0", opened());
    world.publish("1.2.0", Map.of());
    refuses(Code.KEY, Key.of(World.AUTHOR).text());
    // Who stole the old key can change it once more, but not for those who have followed.
    world.publish(
        "1.2.0",
        World.files("1.2.0", Map.of()),
        World.STRANGER,
        List.of(KeyChange.sign(World.ID, World.AUTHOR, Key.of(World.STRANGER))));
    refuses(Code.KEY, Key.of(World.NEXT).text());
    world.publish("1.2.0", World.files("1.2.0", Map.of()), World.NEXT, changes);
    world.update();
    assertEquals("1.2.0", opened());
  }

  // ---- versions that do not come up

  @Test
  void goesBackWhenAVersionDoesNotReportThatItIsWell() throws IOException {
    world.publish("1.1.0", Map.of());
    world.update();
    world.publish("1.2.0", Map.of());
    world.updater().download((done, total) -> {}, () -> false);
    Version version = world.updater().apply();
    UpdateStore store = new UpdateStore(world.updates());
    for (int start = 0; start < UpdateState.MAX_STARTS; start++) {
      assertEquals("1.2.0", opened());
      store.countStart(version);
    }
    UpdateStore.Choice choice = world.choose();
    assertEquals("1.1.0", choice.app().version().toString());
    assertTrue(choice.messages().get(0).contains("1.2.0 was started 3 times"));
    assertEquals(List.of(), world.choose().messages());
    refuses(Code.DOWNGRADE, "1.2.0 has been here");
    world.publish("1.2.1", Map.of());
    world.update();
    assertEquals("1.2.1", opened());
  }

  @Test
  void staysWithAVersionThatReportsThatItIsWell() throws IOException {
    world.publish("1.1.0", Map.of());
    world.updater().download((done, total) -> {}, () -> false);
    Version version = world.updater().apply();
    UpdateStore store = new UpdateStore(world.updates());
    store.countStart(version);
    store.confirm(version);
    for (int start = 0; start < 2 * UpdateState.MAX_STARTS; start++) {
      store.countStart(version);
      assertEquals("1.1.0", opened());
    }
  }

  @Test
  void opensTheVersionBeforeOneThatWasDamagedAndMendsIt() throws IOException {
    world.publish("1.1.0", Map.of());
    world.update();
    Path ini = world.updates().resolve("versions/1.1.0/socket.ini");
    Files.writeString(ini, Files.readString(ini) + "[env]\nX = 1\n");
    assertEquals("1.0.0", opened());
    assertTrue(world.choose().messages().get(0).contains("1.1.0 is not opened"));
    world.update();
    assertEquals("1.1.0", opened());
  }

  @Test
  void opensTheInstalledVersionWhenTheStateIsDamaged() throws IOException {
    world.publish("1.1.0", Map.of());
    world.update();
    for (String text : List.of("", "dunlin-updates 1\n", "\0\0\0", "x".repeat(5000))) {
      Files.writeString(world.updates().resolve("state"), text);
      assertEquals("1.0.0", opened(), text);
      assertTrue(world.choose().messages().get(0).contains("can't be used"));
    }
  }

  // ---- bad updates

  @Test
  void refusesWhatIsNotSignedByTheAuthor() throws IOException {
    world.publish("1.1.0", World.files("1.1.0", Map.of()), World.STRANGER, List.of());
    refuses(Code.KEY, "signed with the key " + Key.of(World.STRANGER));
    Manifest unsigned = World.manifest("1.1.0", World.files("1.1.0", Map.of()));
    world.server.put("dunlin.manifest", unsigned.toBytes());
    refuses(Code.SIGNATURE, "not signed");
    String signed = new String(world.publish("1.1.0", Map.of()).toBytes(), StandardCharsets.UTF_8);
    world.server.put("dunlin.manifest", World.bytes(signed.replaceFirst("signature .*\n", "")));
    refuses(Code.SIGNATURE, "no signature");
    world.server.put(
        "dunlin.manifest", World.bytes(signed.replace("version 1.1.0", "version 9.1.0")));
    refuses(Code.SIGNATURE, "does not fit");
    world.server.put("dunlin.manifest", World.bytes(signed));
    world.update();
    assertEquals("1.1.0", opened());
  }

  @Test
  void refusesAKeyThatNobodyVouchesFor() throws IOException {
    KeyChange honest = KeyChange.sign(World.ID, World.AUTHOR, Key.of(World.NEXT));
    KeyChange forged =
        new KeyChange(Key.of(World.AUTHOR), Key.of(World.STRANGER), honest.signature());
    world.publish("1.1.0", World.files("1.1.0", Map.of()), World.STRANGER, List.of(forged));
    refuses(Code.SIGNATURE, "change of key");
    KeyChange ofAnotherApp =
        KeyChange.sign("com.example.other", World.AUTHOR, Key.of(World.STRANGER));
    world.publish("1.1.0", World.files("1.1.0", Map.of()), World.STRANGER, List.of(ofAnotherApp));
    refuses(Code.SIGNATURE, "change of key");
  }

  @Test
  void refusesWhatHasExpiredIsOlderOrNeedsAnotherVersion() throws IOException {
    SortedMap<String, byte[]> files = World.files("1.1.0", Map.of());
    world.publish("1.1.0", files, World.AUTHOR, List.of());
    Manifest plain = World.manifest("1.1.0", files);
    world.server.put(
        "dunlin.manifest",
        plain.sign(World.AUTHOR, World.NOW, Version.parse("0.0.0"), List.of()).toBytes());
    refuses(Code.EXPIRED, "has expired on");
    world.server.put(
        "dunlin.manifest",
        plain
            .sign(World.AUTHOR, World.NOW.plusSeconds(9), Version.parse("1.0.1"), List.of())
            .toBytes());
    refuses(Code.TOO_OLD, "needs version 1.0.1");
    world.publish("0.9.0", Map.of());
    refuses(Code.DOWNGRADE, "0.9.0");
    byte[] first = world.publish("1.1.0", Map.of()).toBytes();
    world.publish("1.2.0", Map.of());
    world.update();
    world.server.put("dunlin.manifest", first);
    refuses(Code.DOWNGRADE, "1.2.0 has been here");
  }

  @Test
  void refusesTheUpdateOfAnotherApp() throws IOException {
    Manifest plain = World.manifest("1.1.0", World.files("1.1.0", Map.of()));
    world.server.put(
        "dunlin.manifest",
        new Manifest("com.example.other", plain.version(), Optional.empty(), plain.files())
            .sign(World.AUTHOR, World.NOW.plusSeconds(9), Version.parse("0.0.0"), List.of())
            .toBytes());
    refuses(Code.WRONG_APP, "com.example.other");
  }

  @Test
  void refusesAFileThatIsNotTheManifests() throws IOException {
    String hash =
        world.publish("1.1.0", Map.of("src/a.js", "honest")).files().get("src/a.js").sha256();
    for (String swapped : List.of("forged", "longer than it should be", "")) {
      world.server.put("files/" + hash, World.bytes(swapped));
      refuses(swapped.isEmpty() ? Code.NETWORK : Code.CONTENT, hash);
    }
    world.server.put("files/" + hash, World.bytes("honest"));
    world.update();
    assertEquals("1.1.0", opened());
  }

  @Test
  void refusesWhatWasChangedBetweenDownloadAndSwitch() throws IOException {
    world.publish("1.1.0", Map.of());
    world.updater().download((done, total) -> {}, () -> false);
    Path added = Files.writeString(world.updates().resolve("incoming/tree/src/evil.js"), "x");
    UpdateException refusal = assertThrows(UpdateException.class, () -> world.updater().apply());
    assertEquals(Code.CONTENT, refusal.code());
    assertTrue(refusal.getMessage().contains("evil.js"), refusal.getMessage());
    Files.delete(added);
    assertEquals("1.1.0", world.updater().apply().toString());
  }

  @Test
  void refusesAReleaseWhoseSettingsAreWrong() throws IOException {
    SortedMap<String, byte[]> files = World.files("1.1.0", Map.of());
    files.put("socket.ini", World.bytes("[build]\nname = a b\n"));
    world.publish("1.1.0", files, World.AUTHOR, List.of());
    refuses(Code.CONTENT, "settings are wrong");
    files = World.files("1.1.1", Map.of());
    world.publish("1.1.0", files, World.AUTHOR, List.of());
    refuses(Code.CONTENT, "socket.ini is not");
  }

  @Test
  void refusesASecondUpdateAtOnce() throws IOException {
    world.publish("1.1.0", Map.of());
    UpdateStore other = new UpdateStore(world.updates());
    other.locked(
        () -> {
          refuses(Code.BUSY, "under way");
          return null;
        });
    world.update();
    assertEquals("1.1.0", opened());
  }

  @Test
  void switchesToNothingThatIsNotReady() throws IOException {
    world.publish("1.1.0", Map.of());
    assertEquals(
        Code.NONE, assertThrows(UpdateException.class, () -> world.updater().apply()).code());
    UpdateException cancelled =
        assertThrows(
            UpdateException.class, () -> world.updater().download((done, total) -> {}, () -> true));
    assertEquals(Code.CANCELLED, cancelled.code());
    assertEquals(
        Code.NONE, assertThrows(UpdateException.class, () -> world.updater().apply()).code());
  }

  @Test
  void comesByHttpsAndByHttpFromThisMachineOnly() {
    for (String good :
        List.of(
            "https://a.example/x",
            "http://127.0.0.1:8080/x",
            "http://[::1]/x",
            "http://localhost/")) {
      assertEquals(good, HttpFetcher.address(good).toString());
    }
    for (String bad :
        List.of(
            "",
            "http://a.example/x",
            "http://127.0.0.1.evil.example/x",
            "file:///etc/passwd",
            "ftp://a.example/",
            "https://user@a.example/",
            "https:///x",
            "jar:https://a.example/x!/y",
            "not a url")) {
      assertEquals(
          Code.URL,
          assertThrows(UpdateException.class, () -> HttpFetcher.address(bad)).code(),
          bad);
    }
  }

  @Test
  void signsWithTheKeyItWasGiven() {
    SigningKeys key = World.AUTHOR;
    assertTrue(Key.of(key).verifies(World.bytes("x"), Key.encode(key.sign(World.bytes("x")))));
    assertFalse(Key.of(key).verifies(World.bytes("y"), Key.encode(key.sign(World.bytes("x")))));
    assertFalse(Key.of(key).verifies(World.bytes("x"), "no base64!"));
  }
}
