package dev.dunlin.shell.update;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.fuzz.Target;
import dev.dunlin.net.crypto.SigningKeys;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** What update servers and peers send, and what is kept of it. */
public final class UpdateTargets {
  private static final Path FOLDER = Path.of("/nowhere/app");
  private static final SigningKeys KEY = SigningKeys.ofText("fuzz");

  /** What that key has signed, which is a seed too: nothing else is to be believed. */
  private static final byte[] SIGNED =
      Manifest.ofFiles(
              "com.example.app",
              "1.2.3",
              new TreeMap<>(
                  java.util.Map.of("index.html", new Manifest.Entry(5, "0".repeat(64), false))))
          .sign(
              KEY,
              Instant.parse("2030-01-01T00:00:00Z"),
              Version.parse("1.0.0"),
              List.of(
                  Manifest.KeyChange.sign(
                      "com.example.app", SigningKeys.ofText("old"), Key.of(KEY))))
          .toBytes();

  private UpdateTargets() {}

  public static List<Target> all() {
    return List.of(
        new Target("update-manifest", 256 << 10, UpdateTargets::manifest),
        Target.ofText("update-state", 1024, UpdateTargets::state),
        Target.ofText("version", 1024, UpdateTargets::version));
  }

  /** Whether a manifest would be taken. */
  public static boolean isBelieved(byte[] input) {
    try {
      Manifest.parse(input).requireSignedBy(Key.of(KEY));
      return true;
    } catch (UpdateException refused) {
      return false;
    }
  }

  /** Refused by name, or exactly what we write; believed only if it is what the key has signed. */
  private static void manifest(byte[] input) {
    Manifest manifest;
    try {
      manifest = Manifest.parse(input);
    } catch (UpdateException refused) {
      return;
    }
    require(Arrays.equals(input, manifest.toBytes()), "written in one way only");
    for (String path : manifest.files().keySet()) {
      try {
        Path place = Manifest.place(FOLDER, path);
        require(place.startsWith(FOLDER) && !place.equals(FOLDER), path + " leaves the folder");
      } catch (UpdateException refused) {
        requireSame(UpdateException.Code.MALFORMED, refused.code(), "no path here");
      }
    }
    try {
      Pieces.blob(manifest);
    } catch (UpdateException refused) {
      requireSame(UpdateException.Code.CONTENT, refused.code(), "no pieces");
    }
    try {
      manifest.requireSignedBy(Key.of(KEY));
    } catch (UpdateException refused) {
      return;
    }
    require(Arrays.equals(input, SIGNED), "a manifest that nobody has signed is believed");
  }

  /** Refused by name, or exactly what we write. */
  private static void state(String text) {
    try {
      requireSame(text, UpdateState.parse(text).text(), "written in one way only");
    } catch (UpdateException refused) {
      requireSame(UpdateException.Code.MALFORMED, refused.code(), "no state");
    }
  }

  /** Refused by name, or a number that compares. */
  private static void version(String text) {
    try {
      Version version = Version.parse(text);
      requireSame(version, Version.parse(version.toString()), "read again");
      require(!version.isNewerThan(version), "newer than itself");
    } catch (UpdateException refused) {
      requireSame(UpdateException.Code.MALFORMED, refused.code(), "no version");
    }
  }
}
