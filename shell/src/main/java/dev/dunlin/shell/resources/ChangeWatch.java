package dev.dunlin.shell.resources;

import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells when something in a folder changes, however deep: for the dev loop. Names with a leading
 * dot, which are not served, and {@code node_modules} are passed over; links are not followed. A
 * folder that goes and comes back, as builds make it, is watched again.
 *
 * <p><i>Thread:</i> its own; the listener is called on the scheduler's lane.
 */
public final class ChangeWatch implements AutoCloseable {
  /** Most folders watched. Over: the rest is not, and that is said once. */
  public static final int FOLDERS = 4096;

  private final Path root;
  private final Settle settle;
  private final Consumer<String> say;
  private final int mostFolders;
  private final WatchService service;

  // Of the watching thread, once it runs.
  private final Map<WatchKey, Path> folders = new HashMap<>();
  private boolean tooMany;

  private ChangeWatch(Path root, Settle settle, Consumer<String> say, int mostFolders)
      throws IOException {
    this.root = root;
    this.settle = settle;
    this.say = say;
    this.mostFolders = mostFolders;
    this.service = root.getFileSystem().newWatchService();
  }

  /**
   * Begins to watch; what changes after this returns is told. Blocks while it looks through the
   * folder.
   *
   * @param root an absolute folder
   * @param changed called once things have settled, see {@link Settle}
   * @param say takes a line for the person
   * @throws IOException when the system can watch nothing more
   */
  public static ChangeWatch start(
      Path root, Scheduler scheduler, Runnable changed, Consumer<String> say) throws IOException {
    return start(root, new Settle(scheduler, changed), say, FOLDERS);
  }

  static ChangeWatch start(Path root, Settle settle, Consumer<String> say, int mostFolders)
      throws IOException {
    ChangeWatch watch = new ChangeWatch(root, settle, say, mostFolders);
    try {
      // The folder above tells when the root itself goes and comes.
      if (root.getParent() != null) {
        watch.register(root.getParent());
      }
      watch.registerTree(root);
    } catch (IOException e) {
      watch.close();
      throw new IOException(
          e.getMessage() + " (on Linux: sysctl fs.inotify.max_user_watches and max_user_instances)",
          e);
    }
    Threads.start("watch", watch::run);
    return watch;
  }

  private void registerTree(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            if (!path.equals(root) && isPassedOver(path)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (folders.size() >= mostFolders) {
              if (!tooMany) {
                tooMany = true;
                say.accept(
                    "only "
                        + mostFolders
                        + " folders are watched: changes in others of "
                        + root
                        + " need a reload by hand");
              }
              return FileVisitResult.TERMINATE;
            }
            register(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException fault) throws IOException {
            // Gone again since it was listed, or not ours to read: then it is not served either.
            if (path.equals(root)) {
              throw fault;
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void register(Path folder) throws IOException {
    folders.put(
        folder.register(
            service,
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_DELETE,
            StandardWatchEventKinds.ENTRY_MODIFY),
        folder);
  }

  private static boolean isPassedOver(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(".") || name.equals("node_modules");
  }

  private void run() {
    try {
      while (true) {
        WatchKey key = service.take();
        Path folder = folders.get(key);
        boolean changed = false;
        for (WatchEvent<?> event : key.pollEvents()) {
          changed |= folder != null && isChange(folder, event);
        }
        if (!key.reset()) {
          folders.remove(key);
        }
        if (changed) {
          settle.touched();
        }
      }
    } catch (ClosedWatchServiceException e) {
      // close() ends it.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      say.accept("changes in " + root + " are not watched any more: " + e.getMessage());
    }
  }

  private boolean isChange(Path folder, WatchEvent<?> event) throws IOException {
    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
      // Which they were is lost; folders may be among them.
      if (Files.isDirectory(root)) {
        registerTree(root);
      }
      return true;
    }
    Path path = folder.resolve((Path) event.context());
    boolean isRoot = path.equals(root);
    if (!isRoot && (folder.equals(root.getParent()) || isPassedOver(path))) {
      return false;
    }
    if (isRoot && event.kind() == StandardWatchEventKinds.ENTRY_MODIFY) {
      return false;
    }
    if (isRoot && event.kind() == StandardWatchEventKinds.ENTRY_DELETE) {
      say.accept("the app's folder " + root + " is gone; it is looked for");
      return true;
    }
    if (event.kind() == StandardWatchEventKinds.ENTRY_CREATE
        && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      if (isRoot) {
        say.accept("the app's folder " + root + " is back");
      }
      registerTree(path);
    }
    return true;
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
