package dev.dunlin.installers;

import dev.dunlin.shell.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder of files that will be a package: every file of it has the same time and a plain mode.
 */
final class Tree {
  private static final String PROGRAM = "rwxr-xr-x";
  private static final String DATA = "rw-r--r--";

  private final Path root;

  private Tree(Path root) {
    this.root = root;
  }

  /** An empty one; what was there is deleted. */
  static Tree empty(Path root) throws IOException {
    Trees.delete(root);
    Files.createDirectories(root);
    return new Tree(root);
  }

  Path root() {
    return root;
  }

  /** The place of a name that begins with a slash or not. */
  Path at(String name) {
    return root.resolve(name.replaceFirst("^/", ""));
  }

  /** The place of a name, with the folders above it. */
  Path make(String name) throws IOException {
    Path file = at(name);
    Files.createDirectories(file.getParent());
    return file;
  }

  void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  void write(String name, byte[] bytes) throws IOException {
    mode(Files.write(make(name), bytes), DATA);
  }

  void program(String name, String text) throws IOException {
    mode(Files.writeString(make(name), text), PROGRAM);
  }

  void link(String name, String target) throws IOException {
    Files.createSymbolicLink(make(name), Path.of(target));
  }

  void copy(Path from, String name) throws IOException {
    Path to = make(name);
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    mode(to, Files.isExecutable(from) ? PROGRAM : DATA);
  }

  /** Copies a folder, what the filter passes of it, with links as links. */
  void copyTree(Path from, String name, Predicate<Path> filter) throws IOException {
    for (Path file : files(from)) {
      Path relative = from.relativize(file);
      if (!filter.test(relative)) {
        continue;
      }
      String target = name + "/" + relative;
      if (Files.isSymbolicLink(file)) {
        link(target, Files.readSymbolicLink(file).toString());
      } else {
        copy(file, target);
      }
    }
  }

  /**
   * As {@link #copyTree}, without the copying where the file system has hard links: for a folder
   * whose files never change.
   */
  void linkTree(Path from, String name, Predicate<Path> filter) throws IOException {
    for (Path file : files(from)) {
      Path relative = from.relativize(file);
      if (!filter.test(relative)) {
        continue;
      }
      Path to = make(name + "/" + relative);
      try {
        Files.createLink(to, file);
      } catch (FileSystemException | UnsupportedOperationException e) {
        // Another file system.
        Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  /** Files and links below a folder, in one order on every machine. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }

  /** Gives everything this time. */
  void settle(Instant time) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(root)) {
      all = walk.toList();
    }
    FileTime stamp = FileTime.from(time);
    for (Path path : all) {
      if (Files.isSymbolicLink(path)) {
        continue;
      }
      if (Files.isDirectory(path)) {
        mode(path, PROGRAM);
      }
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (!attributes.lastModifiedTime().equals(stamp)) {
        Files.setLastModifiedTime(path, stamp);
      }
    }
  }

  /** Bytes of all files. */
  long size() throws IOException {
    long sum = 0;
    for (Path file : files(root)) {
      sum += Files.isSymbolicLink(file) ? 0 : Files.size(file);
    }
    return sum;
  }

  private static void mode(Path path, String mode) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
  }
}
