package dev.dunlin.shell.resources;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The app's folder on disk. Stays inside it by real path: a link is followed if, and only if, its
 * target is inside and has a name that is served.
 */
public final class DirectorySource implements ResourceSource {
  private final Path root;

  /**
   * @param root the folder; may vanish and come back while the app runs
   */
  public DirectorySource(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  @Override
  public Found find(List<String> segments) throws IOException {
    Path realRoot;
    try {
      realRoot = root.toRealPath();
    } catch (AccessDeniedException e) {
      return new Found.Unreadable(root.toString());
    } catch (NoSuchFileException e) {
      return new Found.Gone(root.toString());
    }
    if (!Files.isDirectory(realRoot)) {
      return new Found.Gone(root.toString());
    }
    String lookedFor = root + "/" + String.join("/", segments);
    try {
      Path path = realRoot;
      for (String segment : segments) {
        path = path.resolve(segment);
      }
      return inside(realRoot, path.toRealPath(), lookedFor);
    } catch (InvalidPathException e) {
      return new Found.Missing(
          lookedFor, "the system's locale cannot write this name: use a UTF-8 locale");
    } catch (NoSuchFileException e) {
      return new Found.Missing(lookedFor, "there is no such file");
    } catch (AccessDeniedException e) {
      return new Found.Unreadable(lookedFor);
    } catch (FileSystemException e) {
      return new Found.Missing(
          lookedFor, Optional.ofNullable(e.getReason()).orElse("the system refuses the name"));
    }
  }

  private static Found inside(Path realRoot, Path real, String lookedFor) throws IOException {
    if (!real.startsWith(realRoot)) {
      return new Found.Missing(lookedFor, "it is a link that leads out of the app's folder");
    }
    if (!real.equals(realRoot)) {
      for (Path name : realRoot.relativize(real)) {
        Optional<String> refusal = AppPath.refusal(name.toString());
        if (refusal.isPresent()) {
          return new Found.Missing(lookedFor, "it is a link to a file whose name is not served");
        }
      }
    }
    BasicFileAttributes attributes =
        Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isDirectory()) {
      return new Found.Directory();
    }
    if (!attributes.isRegularFile()) {
      return new Found.Missing(lookedFor, "it is neither a file nor a folder");
    }
    return new Found.File(
        attributes.size(),
        attributes.lastModifiedTime().toInstant(),
        String.valueOf(attributes.fileKey()),
        () -> FileChannel.open(real, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
  }
}
