package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.update.InstalledApp;
import dev.dunlin.shell.update.Key;
import dev.dunlin.shell.update.Manifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignTest {
  @TempDir private Path folder;
  private Path app;
  private String key;

  /** What a command said, and how it ended. */
  private record Said(int code, String out, String err) {}

  private static Said dunlin(Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      texts[i] = words[i].toString();
    }
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
    return new Said(code, out.toString(), err.toString());
  }

  private static Said done(Object... words) {
    Said said = dunlin(words);
    assertEquals(0, said.code(), said.err());
    return said;
  }

  private static void fails(String why, Object... words) {
    Said said = dunlin(words);
    assertEquals(1, said.code(), said.out());
    assertTrue(said.err().contains(why), said.err());
  }

  @BeforeEach
  void begin() throws IOException {
    app = Files.createDirectory(folder.resolve("app"));
    String printed = done("keygen", folder.resolve("key")).out();
    key = printed.strip().replaceAll("(?s).*key = ", "");
    Files.createDirectories(app.resolve("src"));
    Files.writeString(app.resolve("src/index.html"), "<h1>Hello</h1>");
    version("1.0.0");
  }

  private void version(String version) throws IOException {
    Files.writeString(
        app.resolve("socket.ini"),
        "[build]\nname = app\ncopy = src\n[meta]\nbundle_identifier = com.example.app\nversion = "
            + version
            + "\n[update]\nkey = "
            + key
            + "\nurl = https://example.com/dunlin.manifest\n");
  }

  private Path update() {
    return app.resolve("build/update");
  }

  private Manifest manifest() throws IOException {
    return Manifest.parse(Files.readAllBytes(update().resolve(Manifest.FILE)));
  }

  @Test
  void makesAnUpdateThatIsVerified() throws IOException {
    assertTrue(done("sign", "--key", folder.resolve("key"), app).out().contains("1.0.0: 2 files"));
    done("verify", update());
    done("verify", "--key", key, update());
    manifest().requireSignedBy(new Key(key));
    Path content =
        update().resolve("files").resolve(manifest().files().get("src/index.html").sha256());
    assertEquals("<h1>Hello</h1>", Files.readString(content));
    Files.writeString(content, "<h1>hELLO</h1>");
    fails("is not 'src/index.html'", "verify", update());
    Files.delete(content);
    fails("is missing", "verify", update());
    done("sign", "--key", folder.resolve("key"), app);
    Path file = update().resolve(Manifest.FILE);
    Files.writeString(file, Files.readString(file).replace("version 1.0.0", "version 1.0.1"));
    fails("does not fit", "verify", update());
  }

  @Test
  void keepsThePrivateKeyForItsOwner() throws IOException {
    Path file = folder.resolve("key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    byte[] before = Files.readAllBytes(file);
    fails("is there already", "keygen", file);
    assertArrayEquals(before, Files.readAllBytes(file));
    assertFalse(Files.readString(file).contains(key));
    Path inApp = Files.copy(file, app.resolve("src/key"));
    fails("one of the app's files", "sign", "--key", inApp, app);
    Files.delete(inApp);
    fails("is no private key", "sign", "--key", app.resolve("socket.ini"), app);
    fails("dunlin keygen", "sign", "--key", folder.resolve("none"), app);
  }

  @Test
  void changesTheKeyAndGoesOnWithTheNewOne() throws IOException {
    done("sign", "--key", folder.resolve("key"), app);
    done("keygen", folder.resolve("next"));
    version("1.1.0");
    done("sign", "--key", folder.resolve("key"), "--next-key", folder.resolve("next"), app);
    manifest().requireSignedBy(new Key(key));
    version("1.2.0");
    fails("another key", "sign", "--key", folder.resolve("key"), app);
    done("sign", "--key", folder.resolve("next"), app);
    // Who has missed 1.1.0 still finds the way.
    manifest().requireSignedBy(new Key(key));
    done("verify", "--key", key, update());
  }

  @Test
  void refusesWhatNobodyWouldTake() throws IOException {
    done("keygen", folder.resolve("other"));
    fails("this app trusts " + key, "sign", "--key", folder.resolve("other"), app);
    done("sign", "--key", folder.resolve("key"), app);
    version("0.9.0");
    fails("nobody goes back", "sign", "--key", folder.resolve("key"), app);
    fails("--days is 1 to", "sign", "--days", "0", "--key", folder.resolve("key"), app);
    fails(
        "part of the app",
        "sign",
        "--key",
        folder.resolve("key"),
        "--output",
        app.resolve("x"),
        app);
    Path ini = app.resolve("socket.ini");
    Files.writeString(ini, Files.readString(ini).replaceAll("key = .*\n", ""));
    fails("has no [update] key", "sign", "--key", folder.resolve("key"), app);
    fails("dunlin sign", "verify", folder);
  }

  @Test
  void tellsThePiecesOfLargeFilesForPeersAndSeedsOnlyWhatIsSigned() throws IOException {
    String introducers = "0".repeat(64) + "@127.0.0.1:9";
    fails("dunlin sign", "seed", "--introducers", introducers, folder);
    done("sign", "--key", folder.resolve("key"), app);
    assertTrue(manifest().release().orElseThrow().pieces().isEmpty());
    Files.write(app.resolve("src/large.bin"), new byte[70_000]);
    done("sign", "--key", folder.resolve("key"), app);
    assertTrue(manifest().release().orElseThrow().pieces().isPresent());
    done("verify", update());
    fails("peerId@ip:port", "seed", "--introducers", "127.0.0.1:9", update());
    Path file = update().resolve(Manifest.FILE);
    Files.writeString(file, Files.readString(file).replace("version 1.0.0", "version 1.0.1"));
    fails("does not fit", "seed", "--introducers", introducers, update());
  }

  @Test
  void packagesHaveAManifestOfTheirFiles() throws IOException {
    Tree tree = Tree.empty(folder.resolve("tree"));
    new AppFiles(AppConfig.load(app), app.resolve("build")).copy(tree, "opt/app");
    InstalledApp installed = InstalledApp.open(tree.at("opt/app"));
    assertEquals("1.0.0", installed.version().toString());
    assertEquals(2, installed.files().manifest().files().size());
    // A package of what was installed has one manifest, its own.
    Tree again = Tree.empty(folder.resolve("again"));
    new AppFiles(AppConfig.load(tree.at("opt/app")), folder.resolve("build")).copy(again, "app");
    InstalledApp.open(again.at("app"));
  }
}
