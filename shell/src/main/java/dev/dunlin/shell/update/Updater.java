package dev.dunlin.shell.update;

import dev.dunlin.scheduler.Clock;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.update.Fetcher.Content;
import dev.dunlin.shell.update.Manifest.Entry;
import dev.dunlin.shell.update.Manifest.Release;
import dev.dunlin.shell.update.UpdateException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds, fetches and switches to updates of the version that runs. Blocks. Thread: any. */
public final class Updater {
  /** Folder beside the manifest at the server: each file under its SHA-256. */
  public static final String FILES = "files";

  private static final int CHUNK_BYTES = 1 << 16;

  private final InstalledApp running;
  private final Key trusted;
  private final UpdateStore store;

  /** Asked in turn; at least one. */
  private final List<Source> sources;

  private final Clock clock;

  /**
   * An update that may be taken.
   *
   * @param downloadBytes what must come for it, of what is not here already
   * @param source where its manifest came from
   */
  public record Offer(Manifest manifest, long downloadBytes, String source) {
    public Version version() {
      return manifest.version();
    }
  }

  /** Told of bytes that have come, of those that must. */
  public interface Progress {
    void at(long doneBytes, long totalBytes);

    /** What comes from now on comes from there: "peers" or "https". */
    default void from(String source) {}
  }

  /**
   * @param peer asked before the address of socket.ini, which may then be absent
   * @throws UpdateException when socket.ini names no address, or one that may not be
   */
  public Updater(
      UpdateStore.Choice running, UpdateStore store, Clock clock, Optional<UpdatePeer> peer) {
    this(running, store, clock, sources(running, clock, peer));
  }

  /** With another way to the address of socket.ini. */
  Updater(UpdateStore.Choice running, UpdateStore store, Clock clock, Fetcher fetcher) {
    this(running, store, clock, List.of(https(running, fetcher)));
  }

  Updater(UpdateStore.Choice running, UpdateStore store, Clock clock, List<Source> sources) {
    this.running = running.app();
    this.trusted = running.trusted();
    this.store = store;
    this.sources = List.copyOf(sources);
    this.clock = clock;
  }

  private static List<Source> sources(
      UpdateStore.Choice running, Clock clock, Optional<UpdatePeer> peer) {
    List<Source> sources = new ArrayList<>();
    peer.ifPresent(
        it -> sources.add(new PeerSource(it, running.app().files(), running.trusted(), clock)));
    if (peer.isEmpty() || running.app().config().values().containsKey("update_url")) {
      sources.add(https(running, new HttpFetcher()));
    }
    return sources;
  }

  static Source https(UpdateStore.Choice running, Fetcher fetcher) {
    String url = running.app().config().values().getOrDefault("update_url", "");
    return new HttpSource(HttpFetcher.address(url), fetcher);
  }

  /**
   * Looks for an update: empty if the newest version runs. A source that has none, or fails, does
   * not keep the next from being asked: peers alone can't hold an update back.
   */
  public Optional<Offer> check() {
    Optional<UpdateException> first = Optional.empty();
    boolean isNewest = false;
    for (Source source : sources) {
      try {
        Optional<Manifest> found = guarded(() -> source.find(this::isWanted));
        if (found.isPresent()) {
          return found.map(manifest -> new Offer(manifest, downloadBytes(manifest), source.name()));
        }
        isNewest = true;
      } catch (UpdateException e) {
        first = first.or(() -> Optional.of(e));
      }
    }
    if (isNewest) {
      return Optional.empty();
    }
    throw first.orElseThrow();
  }

  /** All the rules; false if it is the version that runs. */
  private boolean isWanted(Manifest manifest) throws IOException {
    manifest.requireSignedBy(trusted);
    Release release = manifest.release().orElseThrow();
    String id = running.files().manifest().id();
    if (!manifest.id().equals(id)) {
      throw new UpdateException(
          Code.WRONG_APP, "the update is of " + manifest.id() + ", and this is " + id);
    }
    if (!clock.wallTime().isBefore(release.expires())) {
      throw new UpdateException(
          Code.EXPIRED,
          "the update "
              + manifest.version()
              + " has expired on "
              + release.expires()
              + ": sign it anew, or correct this machine's clock");
    }
    Version version = manifest.version();
    if (version.equals(running.version())) {
      return false;
    }
    UpdateState state = store.read();
    boolean again = state.confirmed() && state.current().equals(Optional.of(version));
    if (!version.isNewerThan(running.version())
        || !again && state.highest().filter(high -> !version.isNewerThan(high)).isPresent()) {
      throw new UpdateException(
          Code.DOWNGRADE,
          "the update is version "
              + version
              + ", and "
              + state
                  .highest()
                  .filter(h -> h.isNewerThan(running.version()))
                  .orElse(running.version())
              + " has been here: publish a newer one");
    }
    if (release.minimum().isNewerThan(running.version())) {
      throw new UpdateException(
          Code.TOO_OLD,
          "the update "
              + version
              + " needs version "
              + release.minimum()
              + " or later, and this is "
              + running.version()
              + ": install the app anew");
    }
    return true;
  }

  /** Files of the version that runs, by hash. */
  private Map<String, Path> here() {
    Map<String, Path> places = new HashMap<>();
    running
        .files()
        .manifest()
        .files()
        .forEach(
            (path, file) ->
                places.put(file.sha256(), Manifest.place(running.files().folder(), path)));
    return places;
  }

  private long downloadBytes(Manifest manifest) {
    Set<String> here = new HashSet<>(here().keySet());
    return manifest.files().values().stream()
        .filter(file -> here.add(file.sha256()))
        .mapToLong(Entry::sizeBytes)
        .sum();
  }

  /**
   * Brings an update here, and goes on where an earlier try was cut off.
   *
   * @return the version that is ready for {@link #apply}
   */
  public Version download(Progress progress, BooleanSupplier cancelled) {
    Offer offer = check().orElseThrow(() -> none("the newest version runs already"));
    return guarded(
        () ->
            store.locked(
                () -> {
                  new Download(offer, progress, cancelled).run();
                  return offer.version();
                }));
  }

  /**
   * Switches to the update that was downloaded: it is opened at the next start.
   *
   * @return its version
   */
  public Version apply() {
    return guarded(
        () ->
            store.locked(
                () -> {
                  if (!Files.exists(store.tree().resolve(Manifest.FILE))) {
                    throw none("no update is ready: download one first");
                  }
                  AppFolder tree = AppFolder.open(store.tree());
                  if (!isWanted(tree.manifest())) {
                    throw none("the version that is ready runs already");
                  }
                  tree.requireExactly();
                  InstalledApp.open(store.tree());
                  store.switchTo(tree.manifest().version());
                  return tree.manifest().version();
                }));
  }

  /** One download, under the lock. */
  private final class Download {
    private final Manifest manifest;
    private final long totalBytes;
    private final Progress progress;
    private final BooleanSupplier cancelled;
    private final Map<String, Path> here = here();
    private final Disk disk = store.disk;

    /** Those that have not failed yet, the one in use first. */
    private final Deque<Source> from = new ArrayDeque<>(sources);

    private Optional<Source.Files> files = Optional.empty();
    private long doneBytes;

    Download(Offer offer, Progress progress, BooleanSupplier cancelled) {
      this.manifest = offer.manifest();
      this.totalBytes = offer.downloadBytes();
      this.progress = progress;
      this.cancelled = cancelled;
      while (!from.element().name().equals(offer.source())) {
        from.addLast(from.removeFirst());
      }
    }

    void run() throws IOException {
      try {
        bring();
      } finally {
        files.ifPresent(Source.Files::close);
      }
    }

    private void bring() throws IOException {
      Path tree = store.tree();
      disk.makeFolders(tree);
      disk.makeFolders(store.parts());
      disk.delete(tree.resolve(Manifest.FILE));
      removeOthers();
      requireSpace();
      progress.at(0, totalBytes);
      for (var file : manifest.files().entrySet()) {
        Path place = Manifest.place(tree, file.getKey());
        Entry entry = file.getValue();
        if (!isThere(place, entry)) {
          disk.delete(place);
          disk.makeFolders(place.getParent());
          Path part = store.parts().resolve(entry.sha256());
          if (!copy(entry, part)) {
            fetch(file.getKey(), entry, part);
          }
          disk.move(part, place);
        } else if (!here.containsKey(entry.sha256())) {
          done(entry.sizeBytes());
        }
        here.putIfAbsent(entry.sha256(), place);
        if (entry.program()) {
          disk.makeProgram(place);
        }
      }
      try (Stream<Path> all = Files.walk(tree)) {
        for (Path folder : all.filter(Files::isDirectory).toList()) {
          disk.forceNames(folder);
        }
      }
      disk.replace(tree.resolve(Manifest.FILE), manifest.toBytes());
    }

    /** What an earlier try has left that this one has no use for. */
    private void removeOthers() throws IOException {
      Set<String> hashes =
          manifest.files().values().stream().map(Entry::sha256).collect(Collectors.toSet());
      Set<Path> wanted = new TreeSet<>();
      for (String path : manifest.files().keySet()) {
        for (Path at = Manifest.place(store.tree(), path);
            !at.equals(store.tree());
            at = at.getParent()) {
          wanted.add(at);
        }
      }
      for (Path path : AppTree.all(store.tree())) {
        if (!wanted.contains(path)) {
          disk.delete(path);
        }
      }
      for (Path path : AppTree.all(store.parts())) {
        if (!hashes.contains(path.getFileName().toString())) {
          disk.delete(path);
        }
      }
    }

    private void requireSpace() throws IOException {
      long needed = 0;
      for (var file : manifest.files().entrySet()) {
        Path place = Manifest.place(store.tree(), file.getKey());
        Path part = store.parts().resolve(file.getValue().sha256());
        long there = Files.exists(place) ? Files.size(place) : 0;
        long partly = Files.exists(part) ? Files.size(part) : 0;
        needed += Math.max(0, file.getValue().sizeBytes() - there - partly);
      }
      long free = Files.getFileStore(store.folder()).getUsableSpace();
      if (free < needed) {
        throw new IOException("it needs " + needed + " bytes, and " + free + " are free");
      }
    }

    private boolean isThere(Path place, Entry entry) throws IOException {
      if (!Files.isRegularFile(place) || Files.size(place) != entry.sizeBytes()) {
        return false;
      }
      try (SeekableByteChannel channel = Files.newByteChannel(place)) {
        return AppFolder.entry(channel).hasContentOf(entry);
      }
    }

    /** From a place that has the same file, if that is as it should be. */
    private boolean copy(Entry entry, Path part) throws IOException {
      Path source = here.get(entry.sha256());
      if (source == null || !isThere(source, entry)) {
        return false;
      }
      disk.delete(part);
      try (FileChannel to = disk.open(part);
          InputStream from = Files.newInputStream(source)) {
        take(from, entry, part, to, false);
        AppFolder.require(part, entry, to);
        disk.force(to, part);
      }
      return true;
    }

    /** From the source in use, or where that fails the next. */
    private void fetch(String path, Entry entry, Path part) throws IOException {
      while (true) {
        try {
          fetchNow(path, entry, part);
          return;
        } catch (UpdateException e) {
          boolean isOver = from.size() == 1 || e.code() != Code.NETWORK && e.code() != Code.CONTENT;
          if (isOver) {
            throw e;
          }
          from.remove();
          files.ifPresent(Source.Files::close);
          files = Optional.empty();
        }
      }
    }

    private Source.Files files() throws IOException {
      if (files.isEmpty()) {
        progress.from(from.element().name());
        files = Optional.of(from.element().open(manifest, missing(), cancelled));
      }
      return files.get();
    }

    /** What is not here by its name and length; its content is looked at when its turn comes. */
    private List<Entry> missing() throws IOException {
      Map<String, Entry> missing = new LinkedHashMap<>();
      for (var file : manifest.files().entrySet()) {
        Path place = Manifest.place(store.tree(), file.getKey());
        Entry entry = file.getValue();
        boolean isHere =
            here.containsKey(entry.sha256())
                || Files.isRegularFile(place) && Files.size(place) == entry.sizeBytes();
        if (!isHere) {
          missing.put(entry.sha256(), entry);
        }
      }
      return List.copyOf(missing.values());
    }

    private void fetchNow(String path, Entry entry, Path part) throws IOException {
      try (FileChannel to = disk.open(part)) {
        boolean resumed = to.size() > 0;
        goOn(entry, part, to);
        if (resumed && !AppFolder.entry(to).hasContentOf(entry)) {
          // What a cut has left was spoilt.
          to.truncate(0);
          goOn(entry, part, to);
        }
        try {
          AppFolder.require(part, entry, to);
        } catch (AlteredException e) {
          disk.delete(part);
          throw new UpdateException(
              Code.CONTENT,
              "what comes from "
                  + from.element().place(entry)
                  + " is not the file '"
                  + path
                  + "' of the manifest ("
                  + e.why()
                  + "): upload what dunlin sign wrote, all of it, then download again");
        }
        disk.force(to, part);
      }
    }

    private void goOn(Entry entry, Path part, FileChannel to) throws IOException {
      if (to.size() > entry.sizeBytes()) {
        to.truncate(0);
      }
      if (to.size() < entry.sizeBytes()) {
        long had = to.size();
        try (Content content = get(entry, had)) {
          to.truncate(content.from());
          to.position(content.from());
          done(content.from());
          take(content.bytes(), entry, part, to, true);
        }
      } else {
        done(to.size());
      }
      if (to.size() < entry.sizeBytes()) {
        throw new UpdateException(
            Code.NETWORK,
            "the file from "
                + from.element().place(entry)
                + " broke off: download again, which goes on where it stopped");
      }
    }

    private Content get(Entry entry, long at) throws IOException {
      Source.Files now = files();
      try {
        return now.get(entry, at);
      } catch (IOException e) {
        throw network(from.element(), e);
      }
    }

    private void take(InputStream bytes, Entry entry, Path part, FileChannel to, boolean counts)
        throws IOException {
      byte[] chunk = new byte[CHUNK_BYTES];
      // One more than there should be, so that a longer one is seen.
      long left = entry.sizeBytes() + 1 - to.position();
      while (left > 0) {
        if (cancelled.getAsBoolean()) {
          throw cancelled();
        }
        int count;
        try {
          count = bytes.read(chunk, 0, (int) Math.min(chunk.length, left));
        } catch (IOException e) {
          throw network(from.element(), e);
        }
        if (count < 0) {
          break;
        }
        disk.write(to, part, ByteBuffer.wrap(chunk, 0, count));
        left -= count;
        if (counts) {
          done(count);
        }
      }
    }

    private void done(long bytes) {
      doneBytes += bytes;
      progress.at(Math.min(doneBytes, totalBytes), totalBytes);
    }
  }

  private <T> T guarded(UpdateStore.Work<T> work) {
    try {
      return work.run();
    } catch (AlteredException e) {
      throw new UpdateException(Code.CONTENT, e.getMessage() + ". Download it again.", e);
    } catch (ConfigException e) {
      throw new UpdateException(Code.CONTENT, "the update's settings are wrong: " + e.getMessage());
    } catch (IOException e) {
      throw new UpdateException(
          Code.DISK,
          "the update can't be written to "
              + store.folder()
              + " ("
              + e.getMessage()
              + "): make room there, and try again; nothing has changed",
          e);
    }
  }

  static UpdateException network(Source from, IOException fault) {
    return new UpdateException(
        Code.NETWORK,
        "the update can't be fetched from " + from.place() + " (" + fault + "): try again later",
        fault);
  }

  static UpdateException cancelled() {
    return new UpdateException(
        Code.CANCELLED, "the download was cancelled: the next one goes on from here");
  }

  private static UpdateException none(String what) {
    return new UpdateException(Code.NONE, what);
  }
}
