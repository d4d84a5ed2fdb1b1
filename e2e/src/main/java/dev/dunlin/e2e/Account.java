package dev.dunlin.e2e;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Optional;

/**
 * The user that an app runs as.
 *
 * @param name what reports call it
 * @param ordinary whether it is the ordinary user beside root, whom root's suites run as once more
 */
public record Account(String name, boolean ordinary) {
  /** The ordinary user that is made when the build runs as root. */
  static final String ORDINARY_NAME = "dunlin-e2e";

  /** Whoever runs the build. */
  public static Account self() {
    return new Account(System.getProperty("user.name"), false);
  }

  /** Everybody the suites run as: the builder, and an ordinary user too when that is root. */
  public static List<Account> all() {
    return isRoot() ? List.of(self(), new Account(ORDINARY_NAME, true)) : List.of(self());
  }

  /** Whether this process is root's. */
  public static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** Makes the user if the system has none of its name. */
  void make() {
    if (ordinary && home().isEmpty()) {
      String said = run("useradd", "--system", "--create-home", name);
      if (home().isEmpty()) {
        throw new IllegalStateException("useradd " + name + " made no user: " + said);
      }
    }
  }

  /** Home folder by the system's list of users; empty if it has no such user. */
  private Optional<Path> home() {
    String[] fields = run("getent", "passwd", name).strip().split(":");
    return fields.length < 6 ? Optional.empty() : Optional.of(Path.of(fields[5]));
  }

  /** Folder of root's for what this user must be able to read. */
  Path stage() {
    return home()
        .orElseThrow(() -> new IllegalStateException("there is no user " + name))
        .resolve("stage");
  }

  /** What stands before a command line that this user shall run; nothing for ourselves. */
  List<String> prefix() {
    // The parent-death signal is lost with the change of user: it is asked for anew.
    return ordinary
        ? List.of(
            "setpriv",
            "--reuid=" + name,
            "--regid=" + name,
            "--init-groups",
            "--pdeathsig=KILL",
            "--")
        : List.of();
  }

  /** Gives the folder and all in it to this user; nobody else may look into it. */
  void own(Path folder) {
    if (!ordinary) {
      return;
    }
    try {
      UserPrincipalLookupService lookup = folder.getFileSystem().getUserPrincipalLookupService();
      var user = lookup.lookupPrincipalByName(name);
      var group = lookup.lookupPrincipalByGroupName(run("id", "-gn", name).strip());
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes ignored)
                throws IOException {
              return visitFile(path, ignored);
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes ignored)
                throws IOException {
              PosixFileAttributeView view =
                  Files.getFileAttributeView(
                      path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
              view.setOwner(user);
              view.setGroup(group);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a small system tool to its end and gives what it printed. */
  public static String run(String... argv) {
    ChildProcess child =
        ProcessStarter.get()
            .start(ProcessSpec.of(argv).withStdio(Stdio.NULL, Stdio.PIPE, Stdio.PIPE))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    try {
      return new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8)
          + new String(child.stderr().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
