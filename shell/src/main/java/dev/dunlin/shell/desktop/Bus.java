package dev.dunlin.shell.desktop;

import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.freedesktop.dbus.DBusMatchRule;
import org.freedesktop.dbus.connections.IDisconnectCallback;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.exceptions.NotConnected;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.messages.Error;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;

/**
 * A message bus, connected when it is first wanted and again when the connection was lost. Calls
 * answer by a future and keep the name of an error, neither of which dbus-java's proxies do.
 *
 * <p><i>Thread:</i> any, and nothing blocks. Futures complete, and listeners are called, on threads
 * of D-Bus: they must not wait for another answer.
 */
final class Bus {
  static final String NAME = "org.freedesktop.DBus";
  static final String PATH = "/org/freedesktop/DBus";

  /** Calls without an answer. Over: {@code ERR_DESKTOP_BUSY}. */
  static final int MAX_UNANSWERED = 1024;

  /** Longest wait for an answer. Over: {@code ERR_DESKTOP_TIMEOUT}. */
  static final Duration ANSWER = Duration.ofSeconds(10);

  private static final String LOG_QUIET = "slf4j.internal.verbosity";

  /** dbus-java tries this long to open a socket; what is not there is not waited for. */
  private static final int OPEN_TIMEOUT_MILLIS = 500;

  /** Threads on which the desktop's calls to us run. */
  private static final int CALLED_THREADS = 2;

  private final Optional<String> address;
  private final Duration answer;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> lost = new CopyOnWriteArrayList<>();

  // Guarded by this.
  private Future<DBusConnection> connection;

  private record Listener(String rule, String member, Consumer<Signal> consumer) {}

  /**
   * A signal.
   *
   * @param source the unique name of who sent it
   * @param body without D-Bus' types
   */
  record Signal(String source, String path, String type, String member, List<?> body) {}

  /**
   * @param address empty if there is no such bus
   */
  Bus(Optional<String> address) {
    this(address, ANSWER);
  }

  Bus(Optional<String> address, Duration answer) {
    this.address = address;
    this.answer = answer;
  }

  /** Connects, unless that is done; fails with {@link BusError.Kind#NO_BUS}. */
  synchronized Future<DBusConnection> connect() {
    if (connection == null) {
      Promise<DBusConnection> opened = Promise.promise();
      connection = opened.future();
      Threads.start("desktop-bus", () -> open(opened));
    }
    return connection;
  }

  private void open(Promise<DBusConnection> opened) {
    try {
      if (address.isEmpty()) {
        throw new IOException("no address of one is known");
      }
      quiet();
      DBusConnectionBuilder builder = DBusConnectionBuilder.forAddress(address.get());
      builder.transportConfig().withTimeout(OPEN_TIMEOUT_MILLIS);
      DBusConnection made =
          builder
              .withShared(false)
              .withDisconnectCallback(
                  new IDisconnectCallback() {
                    @Override
                    public void disconnectOnError(IOException reason) {
                      forget(opened.future());
                    }
                  })
              .receivingThreadConfig()
              .withSignalThreadCount(1)
              .withMethodCallThreadCount(CALLED_THREADS)
              .connectionConfig()
              .build();
      // All signals that the rules below let through come by this one.
      made.addGenericSigHandler(new AnySignal(), signal -> heard(signal));
      for (Listener listener : listeners) {
        addRule(made, listener.rule());
      }
      opened.complete(made);
    } catch (IOException | DBusException | RuntimeException | LinkageError e) {
      synchronized (this) {
        connection = null;
      }
      opened.fail(new BusError(BusError.Kind.NO_BUS, String.valueOf(e.getMessage())));
    }
  }

  /** dbus-java logs by SLF4J, which says on standard error that it has nowhere to log to. */
  static void quiet() {
    if (System.getProperty(LOG_QUIET) == null) {
      System.setProperty(LOG_QUIET, "ERROR");
    }
  }

  private void forget(Future<DBusConnection> was) {
    synchronized (this) {
      if (connection != was) {
        return;
      }
      connection = null;
    }
    lost.forEach(Runnable::run);
  }

  /** Hears when the connection was lost: what was exported and asked of it is gone. */
  void onLost(Runnable listener) {
    lost.add(listener);
  }

  /**
   * Hears signals from now on, also after a loss.
   *
   * @param rule a match rule, which names sender, interface and member
   * @param member of the rule
   */
  Future<Void> hear(String rule, String member, Consumer<Signal> consumer) {
    synchronized (this) {
      listeners.add(new Listener(rule, member, consumer));
      if (connection == null || !connection.isComplete()) {
        return connect().compose(made -> inOrder());
      }
    }
    return connect()
        .compose(
            made -> {
              addRule(made, rule);
              return inOrder();
            });
  }

  /** The bus takes messages of one connection in order: who has this answer is heard. */
  private Future<Void> inOrder() {
    return call(NAME, PATH, NAME, "NameHasOwner", "s", NAME).mapEmpty();
  }

  /** Hears who gets or loses a name: the consumer has the new owner, empty if there is none. */
  Future<Void> hearOwner(String name, Consumer<String> owner) {
    return hear(
        "type='signal',sender='"
            + NAME
            + "',interface='"
            + NAME
            + "',member='NameOwnerChanged',arg0='"
            + name
            + "'",
        "NameOwnerChanged",
        signal -> {
          if (signal.source().equals(NAME)
              && signal.body().size() == 3
              && name.equals(signal.body().get(0))) {
            owner.accept(Plain.text(signal.body().get(2)));
          }
        });
  }

  private void addRule(DBusConnection made, String rule) {
    send(made, NAME, PATH, NAME, "AddMatch", "s", rule);
  }

  private void heard(DBusSignal signal) {
    List<?> body;
    try {
      Object[] parameters = signal.getParameters();
      body = parameters == null ? List.of() : Plain.list(List.of(parameters));
    } catch (DBusException e) {
      // What cannot be read is as if it had said nothing.
      return;
    }
    Signal plain =
        new Signal(
            String.valueOf(signal.getSource()),
            String.valueOf(signal.getPath()),
            String.valueOf(signal.getInterface()),
            String.valueOf(signal.getName()),
            body);
    for (Listener listener : listeners) {
      if (listener.member().equals(plain.member())) {
        listener.consumer().accept(plain);
      }
    }
  }

  /** Whether somebody has a name now, or would be started for it. */
  Future<Boolean> isThere(String name) {
    return call(NAME, PATH, NAME, "NameHasOwner", "s", name)
        .compose(
            has ->
                Plain.flag(body(has).get(0))
                    ? Future.succeededFuture(true)
                    : call(NAME, PATH, NAME, "ListActivatableNames", "")
                        .map(names -> Plain.texts(body(names).get(0)).contains(name)));
  }

  /**
   * Calls a method.
   *
   * @param signature of the arguments, empty for none
   */
  Future<Message> call(
      String service,
      String path,
      String type,
      String method,
      String signature,
      Object... arguments) {
    return connect().compose(made -> send(made, service, path, type, method, signature, arguments));
  }

  private Future<Message> send(
      DBusConnection made,
      String service,
      String path,
      String type,
      String method,
      String signature,
      Object... arguments) {
    if (unanswered.incrementAndGet() > MAX_UNANSWERED) {
      unanswered.decrementAndGet();
      return Future.failedFuture(
          new BusError(
              BusError.Kind.LIMIT, MAX_UNANSWERED + " calls wait for the desktop's answer"));
    }
    Promise<Message> promise = Promise.promise();
    promise.future().onComplete(done -> unanswered.decrementAndGet());
    try {
      made.sendMessage(
          new Call(
              made.getMessageFactory().getEndianess(),
              service,
              path,
              type,
              method,
              signature.isEmpty() ? null : signature,
              arguments,
              promise));
    } catch (NotConnected | RejectedExecutionException e) {
      promise.tryFail(new BusError(BusError.Kind.NO_BUS, "the connection to D-Bus is gone"));
    } catch (DBusException | DBusExecutionException e) {
      promise.tryFail(new BusError(BusError.Kind.REFUSED, String.valueOf(e.getMessage())));
    }
    return promise
        .future()
        .timeout(answer.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            fault -> {
              // An answer that comes later finds nobody, and no longer counts.
              promise.tryFail(fault);
              return Future.failedFuture(
                  fault instanceof TimeoutException
                      ? new BusError(BusError.Kind.TIMEOUT, service + " has not answered " + method)
                      : fault);
            });
  }

  /** The values of an answer, without D-Bus' types. */
  static List<?> body(Message message) {
    try {
      Object[] body = message.getParameters();
      return body == null ? List.of() : Plain.list(List.of(body));
    } catch (DBusException e) {
      throw new BusError(BusError.Kind.REFUSED, "its answer can't be read: " + e.getMessage());
    }
  }

  /** Offers an object, until the connection goes. */
  Future<DBusConnection> export(String path, DBusInterface object) {
    return connect()
        .map(
            made -> {
              try {
                made.exportObject(path, object);
                return made;
              } catch (DBusException | RuntimeException e) {
                throw new BusError(BusError.Kind.REFUSED, String.valueOf(e.getMessage()));
              }
            });
  }

  /** Tells a signal of an object of ours; nobody hears it if there is no bus. */
  void tell(String path, String type, String member, String signature, Object... body) {
    Future<DBusConnection> now;
    synchronized (this) {
      now = connection;
    }
    if (now == null || !now.succeeded()) {
      return;
    }
    try {
      DBusConnection made = now.result();
      made.sendMessage(
          made.getMessageFactory()
              .createSignal(
                  made.getUniqueName(),
                  path,
                  type,
                  member,
                  signature.isEmpty() ? null : signature,
                  body));
    } catch (DBusException e) {
      throw new BusError(BusError.Kind.REFUSED, String.valueOf(e.getMessage()));
    } catch (NotConnected | RejectedExecutionException e) {
      // Who is told of the loss forgets what it offered.
      forget(now);
    }
  }

  /** Ends the connection. Blocks. */
  void close() {
    Future<DBusConnection> now;
    synchronized (this) {
      now = connection;
      connection = null;
    }
    if (now != null && now.succeeded()) {
      now.result().disconnect();
    }
  }

  /** A call whose answer comes by a promise instead of a thread that waits. */
  private static final class Call extends MethodCall {
    private final Promise<Message> promise;

    Call(
        byte endianess,
        String service,
        String path,
        String type,
        String method,
        String signature,
        Object[] arguments,
        Promise<Message> promise)
        throws DBusException {
      super(endianess, service, path, type, method, (byte) 0, signature, arguments);
      this.promise = promise;
    }

    @Override
    public synchronized void setReply(Message reply) {
      super.setReply(reply);
      if (!(reply instanceof Error)) {
        promise.tryComplete(reply);
        return;
      }
      String text;
      try {
        Object[] said = reply.getParameters();
        text = said != null && said.length > 0 ? String.valueOf(said[0]) : "";
      } catch (DBusException e) {
        text = "unreadable: " + e.getMessage();
      }
      String name = String.valueOf(reply.getName());
      // dbus-java's own, when the connection ended, have the name of a Java class.
      promise.tryFail(
          name.startsWith("java.") || name.startsWith("org.freedesktop.dbus.")
              ? new BusError(BusError.Kind.NO_BUS, "the connection to D-Bus ended: " + text)
              : BusError.of(name, text));
    }
  }

  /** Matches every signal that reaches us; to the bus it asks for what comes anyway. */
  private static final class AnySignal extends DBusMatchRule {
    AnySignal() {
      super("signal", null, null);
    }

    @Override
    public String toString() {
      return "type='signal',sender='" + NAME + "',interface='" + NAME + "',member='NameLost'";
    }
  }
}
