package dev.dunlin.installers;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.shell.update.Key;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A private key that signs updates, in a file for its owner alone. */
final class KeyFile {
  private static final String FIRST_LINE = "dunlin-key 1";

  /** Longest file; a longer one is none. */
  private static final int MAX_BYTES = 256;

  private KeyFile() {}

  /** Writes a new one, never over another. */
  static void write(Path file, byte[] seed) throws IOException {
    FileAttribute<?>[] ownersAlone =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    String text = FIRST_LINE + "\n" + Key.encode(seed) + "\n";
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownersAlone)) {
      channel.write(StandardCharsets.US_ASCII.encode(text));
    } catch (FileAlreadyExistsException e) {
      throw new BuildException(
          file
              + " is there already, and may be the only key of an app that people have: give another name");
    } catch (NoSuchFileException e) {
      throw new BuildException("there is no folder for " + file + ": make it first");
    }
  }

  static SigningKeys read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String[] lines =
          new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1).split("\n", -1);
      if (lines.length == 3 && lines[0].equals(FIRST_LINE)) {
        byte[] seed = Key.decode(lines[1]);
        if (seed.length == SigningKeys.SEED_BYTES) {
          return SigningKeys.ofSeed(seed);
        }
      }
      throw new BuildException(file + " is no private key: name the file that dunlin keygen wrote");
    } catch (NoSuchFileException e) {
      throw new BuildException(
          "there is no file " + file + ": make a key with dunlin keygen " + file);
    }
  }
}
