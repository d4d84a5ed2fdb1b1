package dev.dunlin.shell.update;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.shell.update.Manifest.KeyChange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** An installed app, its author and the author's web server. */
final class World {
  static final String ID = "com.example.app";
  static final String URL = "https://updates.example.com/app/dunlin.manifest";
  static final SigningKeys AUTHOR = SigningKeys.ofText("author");
  static final SigningKeys NEXT = SigningKeys.ofText("author's next key");
  static final SigningKeys STRANGER = SigningKeys.ofText("stranger");
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  final Path folder;
  final Map<String, byte[]> server = new HashMap<>();
  final List<String> asked = new ArrayList<>();

  /** Most bytes that the server sends before it breaks off. */
  int patience = Integer.MAX_VALUE;

  World(Path folder) {
    this.folder = folder;
  }

  /** Puts version 1.0.0 there. */
  World install() throws IOException {
    Path app = folder.resolve("installed");
    write(app, files("1.0.0", Map.of()));
    SortedMap<String, Path> all = new TreeMap<>();
    for (Path file : AppTree.all(app)) {
      if (Files.isRegularFile(file)) {
        all.put(app.relativize(file).toString(), file);
      }
    }
    Files.write(
        app.resolve(Manifest.FILE),
        Manifest.ofFiles(ID, "1.0.0", AppFolder.entries(all)).toBytes());
    return this;
  }

  static SortedMap<String, byte[]> files(String version, Map<String, String> more) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    String ini =
        "[build]\nname = app\ncopy = src\n[meta]\nbundle_identifier = "
            + ID
            + "\nversion = "
            + version
            + "\n[update]\nkey = "
            + Key.of(AUTHOR)
            + "\nurl = "
            + URL
            + "\n";
    files.put("socket.ini", ini.getBytes(StandardCharsets.UTF_8));
    files.put("src/index.html", bytes("<h1>Hello</h1>"));
    files.put("src/logo.svg", bytes("<svg/>"));
    more.forEach((path, text) -> files.put(path, bytes(text)));
    return files;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static void write(Path folder, SortedMap<String, byte[]> files) throws IOException {
    for (var file : files.entrySet()) {
      Path place = folder.resolve(file.getKey());
      Files.createDirectories(place.getParent());
      Files.write(place, file.getValue());
    }
  }

  static Manifest manifest(String version, SortedMap<String, byte[]> files) throws IOException {
    SortedMap<String, Manifest.Entry> entries = new TreeMap<>();
    files.forEach(
        (path, content) ->
            entries.put(path, new Manifest.Entry(content.length, hash(content), false)));
    return Manifest.ofFiles(ID, version, entries);
  }

  static String hash(byte[] content) {
    return java.util.HexFormat.of().formatHex(AppFolder.sha256().digest(content));
  }

  Manifest publish(String version, Map<String, String> more) throws IOException {
    return publish(version, files(version, more), AUTHOR, List.of());
  }

  Manifest publish(
      String version, SortedMap<String, byte[]> files, SigningKeys key, List<KeyChange> changes)
      throws IOException {
    Manifest signed =
        manifest(version, files)
            .sign(key, NOW.plus(Duration.ofDays(30)), Version.parse("0.0.0"), changes);
    files.forEach((path, content) -> server.put("files/" + hash(content), content));
    server.put("dunlin.manifest", signed.toBytes());
    return signed;
  }

  InstalledApp installed() throws IOException {
    return InstalledApp.open(folder.resolve("installed"));
  }

  Path updates() {
    return folder.resolve("updates");
  }

  UpdateStore.Choice choose() throws IOException {
    return new UpdateStore(updates()).choose(installed(), Key.of(AUTHOR));
  }

  Updater updater(Disk disk) throws IOException {
    return new Updater(choose(), new UpdateStore(updates(), disk), CLOCK, this::get);
  }

  Updater updater() throws IOException {
    return updater(new Disk());
  }

  static final Clock CLOCK =
      new Clock() {
        @Override
        public Duration now() {
          return Duration.ZERO;
        }

        @Override
        public Instant wallTime() {
          return NOW;
        }
      };

  /** Downloads, switches, starts and reports. */
  void update() throws IOException {
    updater().download((done, total) -> {}, () -> false);
    Version version = updater().apply();
    new UpdateStore(updates()).confirm(version);
  }

  Fetcher.Content get(URI address, long from) throws IOException {
    String name = URI.create(URL).resolve(".").relativize(address).toString();
    asked.add(name + (from > 0 ? "@" + from : ""));
    byte[] content = server.get(name);
    if (content == null) {
      throw new IOException("404 " + address);
    }
    byte[] rest = Arrays.copyOfRange(content, (int) from, content.length);
    int most = name.startsWith("files/") ? patience : Integer.MAX_VALUE;
    return new Fetcher.Content(
        new ByteArrayInputStream(rest, 0, Math.min(rest.length, most)), from);
  }
}
