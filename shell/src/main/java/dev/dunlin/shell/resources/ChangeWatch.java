package dev.dunlin.shell.resources;

import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

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

  /** How a folder is put under watch; another one in tests. */
  interface Registration {
    WatchKey register(Path folder, WatchService service) throws IOException;
  }

  private final Path root;
  private final Consumer<Path> changed;
  private final Consumer<String> say;
  private final Registration registration;
  private final int mostFolders;
  private final WatchService service;

  // Of the watching thread, once it runs.
  private final Map<WatchKey, Path> folders = new HashMap<>();
  private boolean tooMany;

  private ChangeWatch(
      Path root,
      Consumer<Path> changed,
      Consumer<String> say,
      Registration registration,
      int mostFolders)
      throws IOException {
    this.root = root;
    this.changed = changed;
    this.say = say;
    this.registration = registration;
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
    return start(root, path -> true, scheduler, changed, say);
  }

  /**
   * @param counts whether a path that changed is worth telling
   * @throws IOException when the system can watch nothing more
   */
  public static ChangeWatch start(
      Path root,
      Predicate<Path> counts,
      Scheduler scheduler,
      Runnable changed,
      Consumer<String> say)
      throws IOException {
    Settle settle = new Settle(scheduler, changed);
    Consumer<Path> tell =
        path -> {
          if (counts.test(path)) {
            settle.touched();
          }
        };
    return start(root, tell, say, ChangeWatch::register, FOLDERS);
  }

  /**
   * @param changed takes each path that changed; of what is lost, the folder. On the watching
   *     thread
   */
  static ChangeWatch start(
      Path root,
      Consumer<Path> changed,
      Consumer<String> say,
      Registration registration,
      int mostFolders)
      throws IOException {
    ChangeWatch watch = new ChangeWatch(root, changed, say, registration, mostFolders);
    try {
      // The folder above tells when the root itself goes and comes.
      if (root.getParent() != null) {
        watch.add(root.getParent());
      }
      if (!watch.addTree(root)) {
        throw new IOException(root + " is no folder that can be read");
      }
    } catch (IOException e) {
      watch.close();
      throw new IOException(
          e.getMessage() + " (on Linux: sysctl fs.inotify.max_user_watches and max_user_instances)",
          e);
    }
    Threads.start("watch", watch::run);
    return watch;
  }

  /**
   * Watches all that is there now; what is not there yet, the folder around it will tell.
   *
   * @return whether one of the folders was not watched before
   */
  private boolean addTree(Path folder) throws IOException {
    Set<Path> added = new HashSet<>();
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
            try {
              if (add(path)) {
                added.add(path);
              }
            } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException fault) {
            // Gone again since it was listed, or not ours to read: then it is not served either.
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, IOException fault) {
            // A fault: gone while it was listed.
            return FileVisitResult.CONTINUE;
          }
        });
    return !added.isEmpty();
  }

  private boolean add(Path folder) throws IOException {
    return folders.put(registration.register(folder, service), folder) == null;
  }

  static WatchKey register(Path folder, WatchService service) throws IOException {
    return folder.register(
        service,
        StandardWatchEventKinds.ENTRY_CREATE,
        StandardWatchEventKinds.ENTRY_DELETE,
        StandardWatchEventKinds.ENTRY_MODIFY);
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
        for (WatchEvent<?> event : key.pollEvents()) {
          if (folder != null && isChange(folder, event)) {
            changed.accept(event.context() instanceof Path name ? folder.resolve(name) : folder);
          }
        }
        if (!key.reset()) {
          folders.remove(key);
        }
      }
    } catch (ClosedWatchServiceException e) {
      // close() ends it.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      close();
      say.accept("changes in " + root + " are not watched any more: " + e.getMessage());
    }
  }

  private boolean isChange(Path folder, WatchEvent<?> event) throws IOException {
    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
      // Which they were is lost; folders may be among them. The folder above may be a busy one
      // (/tmp): of it only a new root counts.
      return addTree(root) || !folder.equals(root.getParent());
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
      addTree(path);
      if (isRoot) {
        say.accept("the app's folder " + root + " is back");
      }
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
