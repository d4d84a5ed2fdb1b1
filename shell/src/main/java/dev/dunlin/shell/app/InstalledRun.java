package dev.dunlin.shell.app;

import dev.dunlin.net.headless.PeerOptions;
import dev.dunlin.net.peer.PeerConfig.Introducer;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.engine.EngineTemp;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.update.InstalledApp;
import dev.dunlin.shell.update.Key;
import dev.dunlin.shell.update.UpdateException;
import dev.dunlin.shell.update.UpdatePeer;
import dev.dunlin.shell.update.UpdateStore;
import dev.dunlin.shell.update.UpdateStore.Choice;
import dev.dunlin.shell.update.Updater;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Which version of an installed app this run opens, and its way to the next. Thread: any. */
final class InstalledRun {
  /** In the app's data folder. */
  private static final String FOLDER = "dunlin-updates";

  private final InstalledApp app;
  private final Optional<Updates> updates;
  private final AtomicBoolean reported = new AtomicBoolean();
  private final AtomicBoolean shares = new AtomicBoolean();

  private final CompletableFuture<Vertx> vertx;

  /** Under the lock of this. */
  private Optional<UpdatePeer> peer = Optional.empty();

  /**
   * @param peers introducers of {@code [update] peers}: none, and the app is no peer
   */
  private record Updates(
      Path folder, UpdateStore store, Choice choice, Key key, List<Introducer> peers) {}

  private InstalledRun(
      InstalledApp app, Optional<Updates> updates, CompletableFuture<Vertx> vertx) {
    this.app = app;
    this.updates = updates;
    this.vertx = vertx;
  }

  static InstalledRun of(InstalledApp installed, CompletableFuture<Vertx> vertx) {
    Optional<Key> key;
    try {
      key = installed.key();
    } catch (UpdateException e) {
      throw new HostException("socket.ini: [update] key: " + e.getMessage(), e);
    }
    if (key.isEmpty()) {
      return new InstalledRun(installed, Optional.empty(), vertx);
    }
    Path folder =
        UserFolders.of(
                Os.here(),
                System.getenv(),
                Path.of(System.getProperty("user.home")),
                EngineTemp.userTemp(),
                installed.config().build().resources(),
                installed.config().meta().bundleIdentifier())
            .get("data")
            .resolve(FOLDER);
    UpdateStore store = new UpdateStore(folder);
    Choice choice = store.choose(installed, key.get());
    Updates updates = new Updates(folder, store, choice, key.get(), peers(choice.app()));
    return new InstalledRun(choice.app(), Optional.of(updates), vertx);
  }

  private static List<Introducer> peers(InstalledApp app) {
    String words = app.config().values().getOrDefault("update_peers", "").strip();
    if (words.isEmpty()) {
      return List.of();
    }
    try {
      return PeerOptions.parseIntroducers("socket.ini: [update] peers", words);
    } catch (PeerException e) {
      throw new HostException(e.getMessage(), e);
    }
  }

  InstalledApp app() {
    return app;
  }

  /** Folder that pages may not write: what is in it is opened as the app. */
  Optional<Path> updates() {
    return updates.map(Updates::folder);
  }

  List<String> messages() {
    return updates.map(all -> all.choice().messages()).orElse(List.of());
  }

  /** Before anything of the version can fail. */
  void countStart(Consumer<String> say) {
    report(store -> store.countStart(app.version()), say);
  }

  /** A page of it has been loaded: it is well, unless it wants to say so itself. */
  void loaded(Consumer<String> say) {
    boolean asks = app.config().values().getOrDefault("update_confirm", "").equals("true");
    if (!asks && updates.isPresent() && reported.compareAndSet(false, true)) {
      Threads.start("update-confirm", () -> report(store -> store.confirm(app.version()), say));
    }
    if (updates.filter(all -> !all.peers().isEmpty()).isPresent()
        && shares.compareAndSet(false, true)) {
      // After the first page: nobody waits for it.
      Threads.start("update-peer", () -> share(say));
    }
  }

  private void share(Consumer<String> say) {
    try {
      peer();
    } catch (UpdateException e) {
      say.accept(e.getMessage());
    }
  }

  /** The app's peer, which runs until the app ends. Blocks. */
  private synchronized Optional<UpdatePeer> peer() {
    Updates all = updates.orElseThrow();
    if (all.peers().isEmpty() || peer.isPresent()) {
      return peer;
    }
    try {
      UpdatePeer made = UpdatePeer.ofApp(vertx.join(), all.choice(), all.key(), all.peers());
      made.start().toCompletionStage().toCompletableFuture().join();
      peer = Optional.of(made);
    } catch (PeerException e) {
      throw noPeer(e);
    } catch (CompletionException e) {
      throw noPeer(e.getCause());
    }
    return peer;
  }

  /** The page says that it is well. */
  void confirm() throws IOException {
    if (updates.isPresent()) {
      updates.get().store().confirm(app.version());
    }
  }

  /**
   * @throws UpdateException when the app has no updates
   */
  Updater updater() {
    Updates all =
        updates.orElseThrow(
            () ->
                new UpdateException(
                    UpdateException.Code.NONE,
                    "this app has no updates: its socket.ini has no [update] key"));
    Optional<UpdatePeer> others;
    try {
      others = peer();
    } catch (UpdateException e) {
      if (!app.config().values().containsKey("update_url")) {
        throw e;
      }
      // Said when it was first tried, and the server is there.
      others = Optional.empty();
    }
    return new Updater(all.choice(), all.store(), new SystemClock(), others);
  }

  private static UpdateException noPeer(Throwable why) {
    return new UpdateException(
        UpdateException.Code.NETWORK,
        "the app can't be a peer for updates: " + why.getMessage(),
        why);
  }

  private interface Report {
    void to(UpdateStore store) throws IOException;
  }

  private void report(Report report, Consumer<String> say) {
    if (updates.filter(all -> all.choice().isUpdate()).isEmpty()) {
      return;
    }
    try {
      report.to(updates.get().store());
    } catch (IOException | UpdateException e) {
      say.accept("the state of updates can't be written: " + e.getMessage());
    }
  }
}
