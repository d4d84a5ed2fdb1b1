package dev.dunlin.shell.update;

import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.update.UpdateException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The updates of one app for one person, side by side, and the file that says which is opened:
 *
 * <pre>
 * state             UpdateState
 * versions/1.2.0/   an app's folder with its signed manifest, complete
 * incoming/tree/    one that is coming; its manifest comes last
 * incoming/parts/   pieces of files, by their hash
 * lock              held while an update comes
 * </pre>
 *
 * Blocks.
 */
public final class UpdateStore {
  private final Path folder;
  final Disk disk;

  public UpdateStore(Path folder) {
    this(folder, new Disk());
  }

  UpdateStore(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /**
   * What is opened.
   *
   * @param app the installed one, or an update
   * @param trusted key of the next update
   * @param isUpdate whether it is an update
   * @param messages what went wrong with others
   */
  public record Choice(InstalledApp app, Key trusted, boolean isUpdate, List<String> messages) {}

  /**
   * The newest good one of the installed version, the update that is switched to and the one before
   * it.
   */
  public Choice choose(InstalledApp installed, Key key) {
    List<String> messages = new ArrayList<>();
    UpdateState state = UpdateState.NONE;
    try {
      state = read();
      if (state.hasFailed()) {
        messages.add(
            "the update "
                + state.current().orElseThrow()
                + " was started "
                + state.starts()
                + " times without coming up: back to the version before");
        state = state.rollBack();
        write(state);
      } else if (!state.confirmed()) {
        // Where its starts could not be counted, it would never be given up.
        write(state);
      }
    } catch (IOException | UpdateException e) {
      messages.add("the file " + folder.resolve("state") + " can't be used: " + e.getMessage());
      state = state.confirmed() ? state : state.rollBack();
    }
    for (Version version :
        Stream.of(state.current(), state.previous()).flatMap(Optional::stream).toList()) {
      if (version.isNewerThan(installed.version())) {
        try {
          InstalledApp update = open(version, installed, key);
          Key trusted = update.files().manifest().release().orElseThrow().key();
          return new Choice(update, trusted, true, messages);
        } catch (IOException | UpdateException | ConfigException e) {
          messages.add("the update " + version + " is not opened: " + e.getMessage());
        }
      }
    }
    return new Choice(installed, key, false, messages);
  }

  private InstalledApp open(Version version, InstalledApp installed, Key key) throws IOException {
    Path place = place(version);
    Manifest manifest = AppFolder.open(place).manifest();
    manifest.requireSignedBy(key);
    if (!manifest.id().equals(installed.files().manifest().id())
        || !manifest.version().equals(version)) {
      throw new AlteredException(
          place.resolve(Manifest.FILE), "it is of " + manifest.id() + " " + manifest.version());
    }
    InstalledApp app = InstalledApp.open(place);
    if (!app.files().manifest().equals(manifest)) {
      throw new AlteredException(place.resolve(Manifest.FILE), "it changes");
    }
    return app;
  }

  /** A version that has not reported is being opened. */
  public void countStart(Version version) throws IOException {
    UpdateState state = read();
    if (!state.confirmed() && state.current().equals(Optional.of(version))) {
      write(state.started());
    }
  }

  /** A version reports that it is well. */
  public void confirm(Version version) throws IOException {
    UpdateState state = read();
    if (!state.confirmed() && state.current().equals(Optional.of(version))) {
      write(state.confirm());
    }
  }

  UpdateState read() throws IOException {
    Path file = folder.resolve("state");
    try (InputStream in = Files.newInputStream(file)) {
      return UpdateState.parse(
          new String(in.readNBytes(UpdateState.MAX_BYTES), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return UpdateState.NONE;
    }
  }

  void write(UpdateState state) throws IOException {
    disk.replace(folder.resolve("state"), state.text().getBytes(StandardCharsets.UTF_8));
  }

  Path folder() {
    return folder;
  }

  Path tree() {
    return folder.resolve("incoming").resolve("tree");
  }

  Path parts() {
    return folder.resolve("incoming").resolve("parts");
  }

  private Path versions() {
    return folder.resolve("versions");
  }

  Path place(Version version) {
    return versions().resolve(version.toString());
  }

  /** Makes what has come, and was checked, the version that is opened from the next start on. */
  void switchTo(Version version) throws IOException {
    UpdateState state = read();
    Path place = place(version);
    disk.makeFolders(versions());
    // Left by a cut between here and the next lines, or damaged since.
    disk.delete(place);
    disk.move(tree(), place);
    disk.forceNames(versions());
    UpdateState next = state.switchTo(version);
    write(next);
    try {
      removeOthers(next);
    } catch (IOException e) {
      // The switch is done. What is left now goes with the next one.
      return;
    }
  }

  private void removeOthers(UpdateState state) throws IOException {
    List<Path> old;
    try (Stream<Path> all = Files.list(versions())) {
      old =
          all.filter(
                  path ->
                      Stream.of(state.current(), state.previous())
                          .flatMap(Optional::stream)
                          .noneMatch(kept -> path.equals(place(kept))))
              .toList();
    }
    for (Path path : old) {
      disk.delete(path);
    }
    disk.delete(folder.resolve("incoming"));
  }

  /** What is done under the lock. */
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * @throws UpdateException when another update is under way
   */
  <T> T locked(Work<T> work) throws IOException {
    disk.makeFolders(folder);
    try (FileChannel file =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(file)) {
      if (lock == null) {
        throw busy();
      }
      return work.run();
    }
  }

  private static FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      throw busy();
    }
  }

  private static UpdateException busy() {
    return new UpdateException(
        Code.BUSY, "another update of this app is under way: wait for its end, then check again");
  }
}
