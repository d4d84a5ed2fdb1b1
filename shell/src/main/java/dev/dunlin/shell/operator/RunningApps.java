package dev.dunlin.shell.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The apps of this user that can be watched: those that have left word in their own folders. */
public final class RunningApps {
  /** Name of the socket, in the private folder of a run. */
  public static final String SOCKET = "operator";

  /** Beside it: process id, bundle id, title, folder; one a line. */
  private static final String FACTS = "operator.txt";

  /** Longest file of these. Over: it is none of an app. */
  private static final int FACTS_BYTES = 16 << 10;

  /** How the names of the folders of runs begin. */
  private static final String PREFIX = "dunlin-";

  private static final Logger LOG = System.getLogger(RunningApps.class.getName());

  // Guarded by the class.
  private static Optional<UserPrincipal> user = Optional.empty();

  private RunningApps() {}

  /** An app that can be watched. */
  public record RunningApp(long pid, String bundleId, String title, Path folder, Path socket) {
    /** Whether a person means it: by its id, its title, its folder, its process or its socket. */
    public boolean isCalled(String name) {
      return name.equals(bundleId)
          || name.equalsIgnoreCase(title)
          || name.equals(Long.toString(pid))
          || name.equals(socket.toString())
          || Path.of(name).toAbsolutePath().normalize().equals(folder);
    }

    @Override
    public String toString() {
      return title + " (" + bundleId + ", process " + pid + ", " + folder + ")";
    }
  }

  /** Leaves word of this run's app beside its socket. */
  public static void announce(Path run, Snapshot.App app) throws IOException {
    Files.writeString(
        run.resolve(FACTS),
        Stream.of(Long.toString(app.pid()), app.bundleId(), app.title(), app.folder())
            .map(text -> text.replaceAll("\\R", " "))
            .reduce("", (all, line) -> all + line + "\n"),
        StandardCharsets.UTF_8);
  }

  /**
   * All of them.
   *
   * @param folders in which runs have theirs, such as {@code /tmp}; those that can't be listed are
   *     passed over
   * @throws IOException if it can't be told who this user is
   */
  public static List<RunningApp> in(List<Path> folders) throws IOException {
    List<RunningApp> all = new ArrayList<>();
    UserPrincipal user = user();
    for (Path folder : folders.stream().map(Path::toAbsolutePath).distinct().toList()) {
      try (Stream<Path> runs = Files.list(folder)) {
        runs.filter(run -> run.getFileName().toString().startsWith(PREFIX))
            .flatMap(run -> of(run, user).stream())
            .forEach(all::add);
      } catch (IOException | UncheckedIOException gone) {
        // TMPDIR may name what is no more: no app has its folder there.
        LOG.log(Level.DEBUG, "no runs in " + folder, gone);
      }
    }
    return all;
  }

  /** By a file of our own: a user id of a container may have no name. */
  private static synchronized UserPrincipal user() throws IOException {
    if (user.isEmpty()) {
      Path own;
      try {
        own = Files.createTempFile(PREFIX, ".own");
      } catch (IOException e) {
        throw new OperatorException(
            "no file can be made in "
                + System.getProperty("java.io.tmpdir")
                + ", which tells whose the running apps are: make it writable: "
                + e.getMessage(),
            e);
      }
      try {
        user = Optional.of(Files.getOwner(own));
      } finally {
        Files.delete(own);
      }
    }
    return user.get();
  }

  /** Of others' folders, which it may not enter, it sees nothing. */
  private static Optional<RunningApp> of(Path run, UserPrincipal user) {
    Path facts = run.resolve(FACTS);
    try {
      if (!Files.isRegularFile(facts, LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(run, LinkOption.NOFOLLOW_LINKS).equals(user)
          || Files.size(facts) > FACTS_BYTES) {
        return Optional.empty();
      }
      List<String> lines = Files.readAllLines(facts, StandardCharsets.UTF_8);
      if (lines.size() < 4
          || !lines.get(0).matches("\\d{1,18}")
          || !ProcessHandle.of(Long.parseLong(lines.get(0)))
              .map(ProcessHandle::isAlive)
              .orElse(false)) {
        return Optional.empty();
      }
      return Optional.of(
          new RunningApp(
              Long.parseLong(lines.get(0)),
              lines.get(1),
              lines.get(2),
              Path.of(lines.get(3)),
              run.resolve(SOCKET)));
    } catch (IOException | RuntimeException gone) {
      // It has just ended; or it is not for us.
      return Optional.empty();
    }
  }
}
