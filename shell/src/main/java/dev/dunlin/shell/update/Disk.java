package dev.dunlin.shell.update;

import dev.dunlin.shell.Trees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** What an update does to the disk, step by step: tests fail, or stop, at each. */
class Disk {
  void makeFolders(Path folder) throws IOException {
    Files.createDirectories(folder);
  }

  /** Opens a file to write at its end. */
  FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  void write(FileChannel to, Path file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /** Returns when the content is on the disk. */
  void force(FileChannel written, Path file) throws IOException {
    written.force(true);
  }

  /** Returns when the names in a folder are on the disk, where the system can do that. */
  void forceNames(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  /** Replaces what has the name, at once. */
  void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  void makeProgram(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  void delete(Path tree) throws IOException {
    Trees.delete(tree);
  }

  /** Writes a whole file so that a cut leaves what was there or what comes. */
  final void replace(Path file, byte[] content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    delete(next);
    try (FileChannel channel = open(next)) {
      write(channel, next, ByteBuffer.wrap(content));
      force(channel, next);
    }
    move(next, file);
    forceNames(file.getParent());
  }
}
