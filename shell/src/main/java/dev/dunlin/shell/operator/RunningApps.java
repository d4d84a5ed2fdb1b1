package dev.dunlin.shell.operator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
   * @param folders in which runs have theirs, such as {@code /tmp}
   */
  public static List<RunningApp> in(List<Path> folders) throws IOException {
    List<RunningApp> all = new ArrayList<>();
    for (Path folder : folders.stream().map(Path::toAbsolutePath).distinct().toList()) {
      try (Stream<Path> runs = Files.list(folder)) {
        runs.filter(run -> run.getFileName().toString().startsWith(PREFIX))
            .flatMap(run -> of(run).stream())
            .forEach(all::add);
      }
    }
    return all;
  }

  /** Of others' folders, which it may not enter, it sees nothing. */
  private static Optional<RunningApp> of(Path run) {
    Path facts = run.resolve(FACTS);
    try {
      if (!Files.isRegularFile(facts, LinkOption.NOFOLLOW_LINKS)
          || !isOurs(run)
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

  private static boolean isOurs(Path run) throws IOException {
    return Files.getOwner(run, LinkOption.NOFOLLOW_LINKS)
        .getName()
        .equals(System.getProperty("user.name"));
  }
}
