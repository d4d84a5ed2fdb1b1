package dev.dunlin.shell.cli;

import dev.dunlin.shell.host.Display;
import dev.dunlin.shell.host.NativeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What the command line knows of where it was typed.
 *
 * @param displays gives the display to run on
 * @param stdinIsTerminal whether somebody can press Ctrl-C
 * @param workingDirectory where it was typed
 * @param home folder of Dunlin with {@code templates/}, if known
 * @param temporary folder for files that shall outlive us
 * @param environment of this process
 * @param engine folder with Chromium, for the doctor; need not exist
 */
public record Shell(
    Display.Source displays,
    BooleanSupplier stdinIsTerminal,
    Path workingDirectory,
    Optional<Path> home,
    Path temporary,
    Map<String, String> environment,
    Path engine) {

  /** System property with the folder of Dunlin, set by the script. */
  public static final String HOME_PROPERTY = "dunlin.home";

  /**
   * Environment variable with the TMPDIR of the person, which the script replaces by a private one.
   */
  public static final String USER_TMPDIR = "DUNLIN_USER_TMPDIR";

  /** This process. */
  public static Shell ofThisProcess(Path engine) {
    Map<String, String> environment = System.getenv();
    String temporary = environment.getOrDefault(USER_TMPDIR, "");
    return new Shell(
        headless -> Display.open(environment, headless),
        NativeProcess::stdinIsTerminal,
        Path.of("").toAbsolutePath(),
        Optional.ofNullable(System.getProperty(HOME_PROPERTY))
            .filter(s -> !s.isEmpty())
            .map(Path::of),
        Path.of(temporary.isEmpty() ? System.getProperty("java.io.tmpdir") : temporary),
        environment,
        engine);
  }

  /**
   * Has the private TMPDIR that the script made deleted at the very end if it is empty then. Call
   * it before anything puts files there: what is registered first is deleted last.
   */
  void removeTemporaryAtExit() {
    String folder = environment.getOrDefault("TMPDIR", "");
    if (environment.containsKey(USER_TMPDIR) && !folder.isEmpty()) {
      Path.of(folder).toFile().deleteOnExit();
    }
  }

  /**
   * Deletes the private TMPDIR that the script made, unless the engine has files in it: then it
   * deletes both.
   */
  void removeUnusedTemporary() {
    String folder = environment.getOrDefault("TMPDIR", "");
    if (!environment.containsKey(USER_TMPDIR) || folder.isEmpty()) {
      return;
    }
    try {
      Files.deleteIfExists(Path.of(folder));
    } catch (DirectoryNotEmptyException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
