package dev.dunlin.shell.engine;

import dev.dunlin.shell.Trees;
import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The private folder through which JCEF tells its helper processes the custom schemes.
 *
 * <p>JCEF joins {@code TMPDIR} and a predictable file name without a slash (java-cef #445): with
 * the usual {@code TMPDIR} the file lands in the root of the file system, which only root can
 * write. So {@code TMPDIR} has to end in a slash, in this process's environment, before CEF starts;
 * and it is a folder of our own, since anybody could have made that file in a shared one.
 */
public final class EngineTemp {
  /** Set by the {@code dunlin} script: what {@code TMPDIR} was before. */
  static final String USER_TMPDIR = "DUNLIN_USER_TMPDIR";

  /** File with the id of the process whose folder it is. */
  private static final String OWNER = "owner";

  private final Path folder;

  private EngineTemp(Path folder) {
    this.folder = folder;
  }

  /**
   * Uses the folder that the script made, or makes one and changes the environment of this process.
   */
  public static EngineTemp prepare() {
    String given = System.getenv("TMPDIR");
    try {
      if (System.getenv(USER_TMPDIR) != null && given != null && isPrivateFolder(given)) {
        return new EngineTemp(Path.of(given)).claim();
      }
      Path folder = Files.createTempDirectory("dunlin-");
      if (Os.here() != Os.WINDOWS) {
        NativeProcess.setEnvironment("TMPDIR", folder + "/");
      }
      return new EngineTemp(folder).claim();
    } catch (IOException e) {
      throw new EngineException(
          "cannot make a private temporary folder: "
              + e.getMessage()
              + ". Set TMPDIR to a folder you can write.",
          e);
    }
  }

  /** Says whose the folder is, and deletes those of processes that were killed. */
  private EngineTemp claim() throws IOException {
    Files.writeString(folder.resolve(OWNER), Long.toString(ProcessHandle.current().pid()));
    List<Path> siblings;
    try (Stream<Path> entries = Files.list(folder.toAbsolutePath().getParent())) {
      siblings =
          entries
              .filter(path -> path.getFileName().toString().startsWith("dunlin-"))
              .filter(path -> Files.isReadable(path.resolve(OWNER)))
              .toList();
    }
    for (Path sibling : siblings) {
      try {
        if (isOurs(sibling) && !isAlive(sibling.resolve(OWNER))) {
          Trees.delete(sibling);
        }
      } catch (NoSuchFileException e) {
        // Another start sweeps the same folder: it is gone, which is what we want.
        continue;
      }
    }
    return this;
  }

  private boolean isOurs(Path sibling) throws IOException {
    return Files.getOwner(sibling, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS))
        && Files.isDirectory(sibling, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isAlive(Path owner) throws IOException {
    String pid = Files.readString(owner).strip();
    return !pid.matches("\\d{1,18}")
        || ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
  }

  private static boolean isPrivateFolder(String given) throws IOException {
    if (!given.endsWith("/")) {
      return false;
    }
    Path path = Path.of(given);
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        && Files.isWritable(path)
        && PosixFilePermissions.toString(
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS))
            .endsWith("------");
  }

  /** The folder for temporary files that the person meant, whatever {@code TMPDIR} says now. */
  public static Path userTemp() {
    return Optional.ofNullable(System.getenv(USER_TMPDIR))
        .filter(s -> !s.isEmpty())
        .or(
            () ->
                Optional.ofNullable(System.getenv("TMPDIR"))
                    .filter(t -> System.getenv(USER_TMPDIR) == null))
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** Name for a socket of this process that nobody else can reach. */
  public Path socket() {
    return folder.resolve("start");
  }

  /** For what the app's run needs and nobody else may see; it goes with the run. */
  public Path folder() {
    return folder;
  }

  /** Deletes the folder and what is in it; a second time does nothing. */
  public void remove() {
    try {
      Trees.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
