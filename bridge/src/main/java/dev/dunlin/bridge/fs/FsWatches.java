package dev.dunlin.bridge.fs;

import static dev.dunlin.bridge.fs.FsCalls.data;
import static dev.dunlin.bridge.fs.FsCalls.flag;
import static dev.dunlin.bridge.fs.FsCalls.handle;
import static dev.dunlin.bridge.fs.FsCalls.path;
import static dev.dunlin.bridge.fs.FsCalls.refuseLink;

import dev.dunlin.bridge.JsonValues;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * {@code fs.watch}: what happens in folders is pushed to the page that asked, in batches once it
 * has been quiet for {@link #QUIET} or has not for {@link #LONGEST}, each event of a batch once. A
 * message is JSON: {@code [[event, name], …]}, event {@code rename} or {@code change}, name
 * relative to what is watched, null if it is lost.
 *
 * <p>What is watched may be deleted: it is looked for, and watched again when it is back. Links are
 * not followed, neither then nor below.
 *
 * <p><i>Thread:</i> any; one service and one thread serve all watches, and end with the last.
 */
final class FsWatches {
  /**
   * Folders of one recursive watch. Over: {@code ENOSPC}, as the system says it of its own bound.
   */
  static final int FOLDERS = 16_384;

  /** Events of one batch. Over: it is sent without waiting for quiet. */
  static final int BATCH_EVENTS = 1024;

  /** Events of one message. Over: the next message takes the rest. */
  private static final int MESSAGE_EVENTS = 64;

  /**
   * What waits for the page to take it. Over: the oldest message is dropped, and the page hears
   * {@code ["change", null]}.
   */
  private static final int WAITING_BYTES = 1 << 20;

  private static final Duration QUIET = Duration.ofMillis(20);

  /** What waits for quiet that does not come. */
  private static final Duration LONGEST = Duration.ofMillis(100);

  private static final Clock CLOCK = new SystemClock();

  /** How often what has disappeared is looked for. */
  private static final Duration SEARCH = Duration.ofMillis(250);

  // Guarded by this.
  private final Map<WatchKey, Set<Spot>> spots = new HashMap<>();
  private final Set<Watch> watches = new HashSet<>();
  private WatchService service;

  /**
   * A folder that a watch looks at.
   *
   * @param below its name relative to what is watched; empty for that itself
   */
  private record Spot(Watch watch, Path folder, String below) {}

  private record Event(String type, String name) {}

  /** One watch of a page. */
  private final class Watch implements AutoCloseable {
    final Path real;
    final boolean recursive;
    final PushChannel channel;

    // Guarded by FsWatches.this.
    final Set<Event> pending = new LinkedHashSet<>();
    final Set<Path> folders = new HashSet<>();
    Optional<Duration> pendingSince = Optional.empty();
    boolean missing;
    long dropped;

    Watch(Path real, boolean recursive, PushChannel channel) {
      this.real = real;
      this.recursive = recursive;
      this.channel = channel;
    }

    String ownName() {
      return real.getFileName() == null ? "" : real.getFileName().toString();
    }

    @Override
    public void close() throws IOException {
      channel.close();
      stop(this);
    }
  }

  List<Command> commands() {
    return List.of(
        path("watch", LastSegment.FOLLOW, Access.READ, "watch", this::watch),
        handle(
            "stopWatch",
            "watch",
            call -> {
              Watch watch = call.handle(Watch.class);
              call.release();
              watch.close();
              return Reply.NOTHING;
            }));
  }

  private Reply watch(Call call) throws IOException {
    boolean recursive = flag(call, "recursive");
    if (recursive) {
      call.requireTree();
    }
    try (Pin pin = Pin.of(call.path())) {
      refuseLink(pin.path());
    }
    PushChannel channel = call.openPush(PushChannel.Overflow.DROP_OLDEST, WAITING_BYTES);
    Watch watch = new Watch(call.path().real(), recursive, channel);
    boolean started = false;
    try {
      start(watch);
      Reply reply = data(Map.of("id", call.register(watch).value(), "channel", channel.id()));
      started = true;
      return reply;
    } finally {
      if (!started) {
        watch.close();
      }
    }
  }

  private synchronized void start(Watch watch) throws IOException {
    if (service == null) {
      WatchService opened = FileSystems.getDefault().newWatchService();
      service = opened;
      Threads.start("fs-watch", () -> run(opened));
    }
    watches.add(watch);
    look(watch);
  }

  private synchronized void stop(Watch watch) throws IOException {
    watches.remove(watch);
    spots
        .entrySet()
        .removeIf(
            entry -> {
              entry.getValue().removeIf(spot -> spot.watch == watch);
              if (entry.getValue().isEmpty()) {
                entry.getKey().cancel();
                return true;
              }
              return false;
            });
    if (watches.isEmpty() && service != null) {
      service.close();
      service = null;
    }
  }

  /** Begins to look at what a watch names: a folder, or a file by the folder it is in. */
  private void look(Watch watch) throws IOException {
    int type;
    try (Pin pin = Pin.of(watch.real)) {
      type = Stat.type(pin.path());
    }
    if (type == Stat.FOLDER) {
      register(watch, watch.real, "", false);
    } else if (type == Stat.LINK) {
      throw new Errno.Failure(Errno.ELOOP);
    } else {
      add(watch, watch.real.getParent(), "");
    }
    watch.missing = false;
  }

  private void add(Watch watch, Path folder, String below) throws IOException {
    if (watch.folders.size() >= FOLDERS) {
      throw new Errno.Failure(Errno.ENOSPC);
    }
    try (Pin pin = Pin.folder(folder)) {
      WatchKey key =
          pin.path()
              .register(
                  service,
                  StandardWatchEventKinds.ENTRY_CREATE,
                  StandardWatchEventKinds.ENTRY_DELETE,
                  StandardWatchEventKinds.ENTRY_MODIFY);
      spots.computeIfAbsent(key, absent -> new HashSet<>()).add(new Spot(watch, folder, below));
      watch.folders.add(folder);
    }
  }

  /**
   * Looks at a folder, and at those below it if the watch is recursive.
   *
   * @param tell whether what is found there is news
   */
  private void register(Watch watch, Path top, String name, boolean tell) throws IOException {
    record Found(Path folder, String below) {}
    Deque<Found> found = new ArrayDeque<>(List.of(new Found(top, name)));
    for (Found at; (at = found.poll()) != null; ) {
      try {
        add(watch, at.folder, at.below);
        if (!watch.recursive && !tell) {
          return;
        }
        try (FolderReader reader = FolderReader.open(at.folder)) {
          for (List<List<Object>> some;
              !(some =
                      reader.next(
                          FsFolders.BATCH_ENTRIES, Integer.MAX_VALUE, StandardCharsets.UTF_8))
                  .isEmpty(); ) {
            for (List<Object> entry : some) {
              String below = joined(at.below, (String) entry.get(0));
              if (tell) {
                watch.pending.add(new Event("rename", below));
              }
              if (watch.recursive && entry.get(1).equals(2)) {
                found.add(new Found(at.folder.resolve((String) entry.get(0)), below));
              }
            }
          }
        }
      } catch (NoSuchFileException | Errno.Failure e) {
        // Below the top a folder may go, or become a link, or not be ours to read, meanwhile.
        if (at.folder.equals(watch.real) || Errno.of(e) == Errno.ENOSPC) {
          throw e;
        }
      }
    }
  }

  private static String joined(String folder, String name) {
    return folder.isEmpty() ? name : folder + java.io.File.separator + name;
  }

  private void run(WatchService of) {
    try {
      while (true) {
        WatchKey key = next(of);
        synchronized (this) {
          if (service != of) {
            return;
          }
          if (key != null) {
            take(key);
          }
          search();
          Duration now = CLOCK.now();
          for (Watch watch : watches) {
            if (watch.pending.isEmpty()) {
              continue;
            }
            Duration since = watch.pendingSince.orElse(now);
            boolean isDue = now.minus(since).compareTo(LONGEST) >= 0;
            if (key == null || isDue || watch.pending.size() >= BATCH_EVENTS) {
              send(watch);
              watch.pendingSince = Optional.empty();
            } else {
              watch.pendingSince = Optional.of(since);
            }
          }
        }
      }
    } catch (ClosedWatchServiceException ended) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next key with events; null once it has been quiet, or to look for what is missing. */
  private WatchKey next(WatchService of) throws InterruptedException {
    boolean pending;
    boolean missing;
    synchronized (this) {
      pending = watches.stream().anyMatch(watch -> !watch.pending.isEmpty());
      missing = watches.stream().anyMatch(watch -> watch.missing);
    }
    if (!pending && !missing) {
      return of.take();
    }
    return of.poll((pending ? QUIET : SEARCH).toMillis(), TimeUnit.MILLISECONDS);
  }

  private void take(WatchKey key) {
    Collection<Spot> of = List.copyOf(spots.getOrDefault(key, Set.of()));
    for (WatchEvent<?> event : key.pollEvents()) {
      for (Spot spot : of) {
        happened(spot, event);
      }
    }
    if (!key.reset()) {
      // The folder is gone.
      spots.remove(key);
      for (Spot spot : of) {
        spot.watch.folders.remove(spot.folder);
        if (spot.folder.equals(spot.watch.real) || spot.below.isEmpty()) {
          spot.watch.pending.add(new Event("rename", spot.watch.ownName()));
          spot.watch.missing = true;
        }
      }
    }
  }

  private void happened(Spot spot, WatchEvent<?> event) {
    Watch watch = spot.watch;
    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
      watch.pending.add(new Event("change", null));
      return;
    }
    String name = ((Path) event.context()).toString();
    if (!spot.folder.equals(watch.real) && spot.below.isEmpty() && !name.equals(watch.ownName())) {
      // A file is watched by its folder: its neighbours are not the page's.
      return;
    }
    String below = joined(spot.below, name);
    watch.pending.add(
        new Event(
            event.kind() == StandardWatchEventKinds.ENTRY_MODIFY ? "change" : "rename", below));
    if (watch.recursive && event.kind() == StandardWatchEventKinds.ENTRY_CREATE) {
      Path made = spot.folder.resolve(name);
      try (Pin pin = Pin.of(made)) {
        if (Stat.type(pin.path()) == Stat.FOLDER) {
          register(watch, made, below, true);
        }
      } catch (IOException gone) {
        // Gone again, or more than may be watched: what happens there is not told.
        watch.pending.add(new Event("change", null));
      }
    }
  }

  private void search() {
    for (Watch watch : watches) {
      if (watch.missing) {
        try {
          look(watch);
          watch.pending.add(new Event("rename", watch.ownName()));
        } catch (IOException stillMissing) {
          watch.missing = true;
        }
      }
    }
  }

  private void send(Watch watch) {
    List<List<String>> all = new ArrayList<>();
    if (watch.channel.dropped() > watch.dropped) {
      watch.dropped = watch.channel.dropped();
      all.add(Arrays.asList("change", null));
    }
    for (Event event : watch.pending) {
      all.add(Arrays.asList(event.type, event.name));
    }
    watch.pending.clear();
    for (int at = 0; at < all.size(); at += MESSAGE_EVENTS) {
      List<List<String>> some = all.subList(at, Math.min(all.size(), at + MESSAGE_EVENTS));
      watch.channel.offer(JsonValues.text(some).getBytes(StandardCharsets.UTF_8));
    }
  }
}
