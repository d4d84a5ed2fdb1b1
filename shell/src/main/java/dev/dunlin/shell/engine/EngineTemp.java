package dev.dunlin.shell.engine;

import dev.dunlin.shell.Trees;
import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
  private static final String NAME = "dunlin-";

  /** Set by the {@code dunlin} script: what {@code TMPDIR} was before. */
  static final String USER_TMPDIR = "DUNLIN_USER_TMPDIR";

  /** File with the id of the process whose folder it is. */
  private static final String OWNER = "owner";

  /** Most of that file that is read: more than an id is no id. */
  private static final int PID_BYTES = 32;

  /** How often a folder is emptied that fills meanwhile. Over: what has come last stays. */
  private static final int MOST_ROUNDS = 100;

  private final Path folder;

  /** Locked for as long as this process lives. */
  private final FileChannel owner;

  private EngineTemp(Path folder, FileChannel owner) {
    this.folder = folder;
    this.owner = owner;
  }

  /**
   * Uses the folder that the script made, or makes one and changes the environment of this process.
   */
  public static EngineTemp prepare() {
    String given = System.getenv("TMPDIR");
    try {
      if (System.getenv(USER_TMPDIR) != null && given != null && isPrivateFolder(given)) {
        return claim(Path.of(given));
      }
      Path folder = Files.createTempDirectory(prefix());
      if (Os.here() != Os.WINDOWS) {
        NativeProcess.setEnvironment("TMPDIR", folder + "/");
      }
      return claim(folder);
    } catch (IOException e) {
      throw new EngineException(
          "cannot make a private temporary folder: "
              + e.getMessage()
              + ". Set TMPDIR to a folder you can write.",
          e);
    }
  }

  /**
   * How the name of such a folder begins: with the id of the process that makes it, or becomes the
   * one that uses it, for as long as no file in it says whose it is.
   */
  public static String prefix() {
    return NAME + ProcessHandle.current().pid() + "-";
  }

  /** Says whose the folder is, and deletes those of processes that were killed. */
  static EngineTemp claim(Path folder) throws IOException {
    // Locked before it has the name that others look for.
    Path unnamed = folder.resolve(OWNER + ".new");
    FileChannel owner =
        FileChannel.open(unnamed, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (owner.tryLock() == null) {
        throw new IOException("another process holds " + unnamed);
      }
      owner.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
      Files.move(unnamed, folder.resolve(OWNER), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      owner.close();
      throw e;
    }
    EngineTemp temp = new EngineTemp(folder, owner);
    temp.sweep();
    return temp;
  }

  /** Whatever a folder beside this one may be, the app opens. */
  private void sweep() {
    List<Path> siblings = List.of();
    try (Stream<Path> entries = Files.list(folder.toAbsolutePath().getParent())) {
      siblings = entries.filter(path -> path.getFileName().toString().startsWith(NAME)).toList();
    } catch (IOException | UncheckedIOException e) {
      left(folder.toAbsolutePath().getParent(), e);
    }
    for (Path sibling : siblings) {
      try {
        if (isOurs(sibling)) {
          sweep(sibling);
        }
      } catch (NoSuchFileException | DirectoryNotEmptyException e) {
        // Another start sweeps the same folder, or it is somebody else's who named it as we do.
        continue;
      } catch (IOException e) {
        left(sibling, e);
      }
    }
  }

  private static void left(Path folder, Exception e) {
    System.getLogger(EngineTemp.class.getName())
        .log(Level.WARNING, "can't tidy up " + folder + ": " + e + ". Delete what is not used.");
  }

  private boolean isOurs(Path sibling) throws IOException {
    return !sibling.getFileName().equals(folder.getFileName())
        && Files.isDirectory(sibling, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(sibling, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
  }

  private static void sweep(Path sibling) throws IOException {
    Path told = sibling.resolve(OWNER);
    if (!Files.exists(told, LinkOption.NOFOLLOW_LINKS)) {
      sweepUntold(sibling);
      return;
    }
    try (FileChannel owner =
        FileChannel.open(
            told, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      // The lock is seen from other containers too, where its process has another id, or none.
      if (owner.tryLock() != null && isEnded(pid(owner))) {
        Trees.delete(sibling);
      }
    }
  }

  /** One that is empty: whoever it was for makes another, where it lives, see {@link #prepare}. */
  private static void sweepUntold(Path sibling) throws IOException {
    String name = sibling.getFileName().toString();
    // The end is what mktemp makes of XXXX, or Java.
    if (name.matches(NAME + "\\d+-([0-9A-Za-z]{4}|\\d+)") && isEnded(name.split("-", 3)[1])) {
      Files.delete(sibling);
    }
  }

  private static String pid(FileChannel owner) throws IOException {
    ByteBuffer told = ByteBuffer.allocate(PID_BYTES);
    owner.read(told, 0);
    return new String(told.array(), 0, told.position(), StandardCharsets.US_ASCII).strip();
  }

  /** Not where it is no id: then the file is somebody else's. */
  private static boolean isEnded(String pid) {
    return pid.matches("\\d{1,18}")
        && !ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
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

  /** Chromium may be at its start, and put something in while the rest is deleted. */
  private void deleteFolder() throws IOException {
    for (int round = 1; ; round++) {
      try {
        Trees.delete(folder);
        return;
      } catch (DirectoryNotEmptyException e) {
        if (round == MOST_ROUNDS) {
          throw e;
        }
      }
    }
  }

  /** Deletes the folder and what is in it; a second time does nothing. */
  public void remove() {
    try {
      // First: Windows deletes no file that is open.
      owner.close();
      deleteFolder();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
