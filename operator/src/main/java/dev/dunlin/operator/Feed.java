package dev.dunlin.operator;

import dev.dunlin.operator.OperatorMain.Finder;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.operator.OperatorClient;
import dev.dunlin.shell.operator.OperatorException;
import dev.dunlin.shell.operator.RunningApps.RunningApp;
import dev.dunlin.shell.operator.Snapshot;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What an app tells, and what it tells when it has been started again. Thread: one of its own,
 * which calls the listener.
 */
final class Feed implements AutoCloseable {
  /** How long it waits before it looks for the app again. */
  static final Duration PAUSE = Duration.ofMillis(500);

  /** Hears of the app. */
  interface Listener {
    void attached(RunningApp app);

    void told(Snapshot snapshot);

    /** Nothing comes at present; why, and what happens next. */
    void waits(String why);
  }

  private final Finder finder;
  private final Listener listener;
  private final CountDownLatch closed = new CountDownLatch(1);

  // Guarded by this.
  private Optional<OperatorClient> client = Optional.empty();

  private Feed(Finder finder, Listener listener) {
    this.finder = finder;
    this.listener = listener;
  }

  static Feed of(RunningApp app, Finder finder, Listener listener) {
    Feed feed = new Feed(finder, listener);
    Threads.start("operator-feed", () -> feed.run(app));
    return feed;
  }

  private void run(RunningApp first) {
    RunningApp app = first;
    while (!isClosed()) {
      watch(app);
      app = again(app);
    }
  }

  private void watch(RunningApp app) {
    try (OperatorClient attached = OperatorClient.attach(app.socket())) {
      synchronized (this) {
        if (isClosed()) {
          return;
        }
        client = Optional.of(attached);
      }
      listener.attached(app);
      while (!isClosed()) {
        listener.told(attached.next());
      }
    } catch (EOFException ended) {
      waits(app.title() + " has ended. It is watched again when it is started.");
    } catch (OperatorException refused) {
      waits(refused.getMessage());
    } catch (IOException fault) {
      waits("the connection to " + app.title() + " is broken: " + fault.getMessage());
    }
  }

  private void waits(String why) {
    if (!isClosed()) {
      listener.waits(why);
    }
  }

  /** The app of this name, when one runs. */
  private RunningApp again(RunningApp app) {
    Optional<RunningApp> found = Optional.empty();
    try {
      while (found.isEmpty() && !closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        found = find(app.bundleId());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
    return found.orElse(app);
  }

  private Optional<RunningApp> find(String bundleId) {
    try {
      return finder.running().stream().filter(one -> one.bundleId().equals(bundleId)).findFirst();
    } catch (IOException e) {
      waits("it can't be seen which apps run: " + e.getMessage());
      return Optional.empty();
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  @Override
  public synchronized void close() {
    closed.countDown();
    client.ifPresent(OperatorClient::close);
  }
}
