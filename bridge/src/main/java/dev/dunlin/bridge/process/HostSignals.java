package dev.dunlin.bridge.process;

import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.Threads;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Signals that this process gets, told to who listens. While somebody listens, the system's or the
 * JVM's own way of taking the signal is put aside. A signal that ends a process ends this one all
 * the same: {@link #GRACE} later unless a listener has asked to go on, and at once if it comes
 * again meanwhile, or if nobody is there any more. Who has stopped to listen since is still there,
 * and may ask: a listener to one signal stops before it has answered that.
 *
 * <p>{@code sun.misc.Signal}, the only way to hear of signals, is called by reflection: the
 * compiler warns of its mere name, and no annotation stops that.
 *
 * <p><i>Thread:</i> any.
 */
final class HostSignals {
  /** What may be listened to: of the others, the JVM, Chromium or the system needs each. */
  static final Set<String> LISTENABLE =
      Set.of(
          "SIGHUP",
          "SIGINT",
          "SIGTERM",
          "SIGUSR1",
          "SIGUSR2",
          "SIGWINCH",
          "SIGCONT",
          "SIGALRM",
          "SIGBREAK");

  /** Signals whose default is the end. */
  private static final Set<String> ENDING = Set.of("SIGHUP", "SIGINT", "SIGTERM", "SIGBREAK");

  /** How long a page that hears of its end may take to put things away. Over: the app ends. */
  static final Duration GRACE = Duration.ofSeconds(5);

  private final Scheduler scheduler;

  // Guarded by this.
  private final Map<String, Watched> watched = new HashMap<>();

  /** One signal with listeners; guarded by the outer object. */
  private static final class Watched {
    private final List<LongConsumer> listeners = new ArrayList<>();

    /** Who has stopped before it was settled whether the app ends. */
    private final List<LongConsumer> stopped = new ArrayList<>();

    private final Object before;
    private long count;
    private Optional<Scheduler.Timer> end = Optional.empty();

    Watched(Object before) {
      this.before = before;
    }
  }

  /** Who listens to one signal. */
  final class Listening {
    private final String name;
    private final LongConsumer listener;

    private Listening(String name, LongConsumer listener) {
      this.name = name;
      this.listener = listener;
    }

    /** It takes care of this signal itself: the app goes on. */
    void goOn(long count) {
      HostSignals.this.goOn(name, count);
    }

    /** It hears of no more; may ask to go on while it is not {@link #isOver}. */
    void stop() {
      HostSignals.this.stop(name, listener);
    }

    /** Whether there is nothing that it may do. */
    boolean isOver() {
      return HostSignals.this.isOver(name, listener);
    }

    /** It is not there any more, and asks for nothing. */
    void gone() {
      forget(name, listener);
    }
  }

  /**
   * @param scheduler of the grace
   */
  HostSignals(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /**
   * Tells of every signal of a name, with its number in order: the first is 1.
   *
   * @throws IllegalArgumentException if this system has no such signal, or the JVM needs it
   */
  synchronized Listening listen(String name, LongConsumer listener) {
    Watched one = watched.get(name);
    if (one == null) {
      one = new Watched(SunSignal.handle(name, Optional.empty(), () -> happened(name)));
      watched.put(name, one);
    }
    one.listeners.add(listener);
    return new Listening(name, listener);
  }

  private synchronized void forget(String name, LongConsumer listener) {
    Watched one = watched.get(name);
    if (one == null || !(one.listeners.remove(listener) || one.stopped.remove(listener))) {
      return;
    }
    unwatch(name, one);
    if (watched.get(name) != one && one.end.map(Scheduler.Timer::cancel).orElse(false)) {
      // Who was asked has left instead of answering.
      end(name, one);
    }
  }

  private synchronized void stop(String name, LongConsumer listener) {
    Watched one = watched.get(name);
    if (one != null && one.listeners.remove(listener)) {
      if (one.end.isPresent()) {
        one.stopped.add(listener);
      }
      unwatch(name, one);
    }
  }

  private synchronized boolean isOver(String name, LongConsumer listener) {
    Watched one = watched.get(name);
    return one == null || !(one.listeners.contains(listener) || one.stopped.contains(listener));
  }

  /** Gives the signal back if nobody is there. */
  private void unwatch(String name, Watched one) {
    if (one.listeners.isEmpty() && one.stopped.isEmpty() && watched.remove(name, one)) {
      SunSignal.handle(name, Optional.of(one.before), () -> {});
    }
  }

  private synchronized void goOn(String name, long count) {
    Watched one = watched.get(name);
    if (one != null && one.count == count) {
      one.end.ifPresent(Scheduler.Timer::cancel);
      one.end = Optional.empty();
      one.stopped.clear();
      unwatch(name, one);
    }
  }

  private void happened(String name) {
    List<LongConsumer> listeners;
    long count;
    synchronized (this) {
      Watched one = watched.get(name);
      if (one == null) {
        return;
      }
      if (ENDING.contains(name)) {
        if (one.end.isPresent()) {
          end(name, one);
          return;
        }
        one.end = Optional.of(scheduler.schedule(GRACE, () -> graceOver(name, one)));
      }
      count = ++one.count;
      listeners = List.copyOf(one.listeners);
    }
    listeners.forEach(listener -> listener.accept(count));
  }

  private synchronized void graceOver(String name, Watched one) {
    one.stopped.clear();
    unwatch(name, one);
    end(name, one);
  }

  /** As if nobody had listened. On a thread of its own, since it waits for all that ends. */
  private static void end(String name, Watched one) {
    Threads.start("signal-end", () -> SunSignal.take(name, one.before));
  }

  /** {@code sun.misc.Signal} of the module jdk.unsupported. */
  private static final class SunSignal {
    private SunSignal() {}

    private static Class<?> type(String name) throws ClassNotFoundException {
      return Class.forName("sun.misc." + name);
    }

    private static Object signal(String name) throws ReflectiveOperationException {
      return type("Signal")
          .getConstructor(String.class)
          .newInstance(name.substring("SIG".length()));
    }

    /**
     * Sets a signal's handler: this, or what there was before.
     *
     * @return what there was
     */
    static Object handle(String name, Optional<Object> before, Runnable action) {
      try {
        Class<?> handler = type("SignalHandler");
        Object set =
            before.orElseGet(
                () ->
                    Proxy.newProxyInstance(
                        handler.getClassLoader(),
                        new Class<?>[] {handler},
                        (self, method, arguments) -> called(self, method, arguments, action)));
        return type("Signal")
            .getMethod("handle", type("Signal"), handler)
            .invoke(null, signal(name), set);
      } catch (ReflectiveOperationException e) {
        throw fault(e);
      }
    }

    private static Object called(Object self, Method method, Object[] arguments, Runnable action) {
      return switch (method.getName()) {
        case "handle" -> {
          action.run();
          yield null;
        }
        case "hashCode" -> System.identityHashCode(self);
        case "equals" -> self == arguments[0];
        default -> "signals of pages";
      };
    }

    static void take(String name, Object handler) {
      try {
        type("SignalHandler").getMethod("handle", type("Signal")).invoke(handler, signal(name));
      } catch (ReflectiveOperationException e) {
        throw fault(e);
      }
    }

    private static RuntimeException fault(ReflectiveOperationException e) {
      return e instanceof InvocationTargetException call
              && call.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException("sun.misc.Signal is not as it was", e);
    }
  }
}
