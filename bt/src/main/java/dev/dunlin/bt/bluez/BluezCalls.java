package dev.dunlin.bt.bluez;

import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.BluetoothError.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
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
 * A connection to a bus, and calls that keep the name of a D-Bus error, which dbus-java's typed
 * proxies lose; and that do not block, which its proxies do.
 *
 * <p><i>Thread:</i> any; {@link #open}, {@link #hear} and {@link #close} block.
 */
final class BluezCalls {
  static final String BLUEZ = "org.bluez";
  private static final String BUS = "org.freedesktop.DBus";
  private static final String LOG_QUIET = "slf4j.internal.verbosity";

  /** Calls without an answer; one more is LIMIT. Those after a deadline count until it comes. */
  static final int MAX_UNANSWERED = 4096;

  /**
   * Threads that BlueZ' calls to us wait on: dbus-java answers when the method returns. Reads and
   * writes of one server come one after the other anyway, and a question about pairing waits for a
   * person.
   */
  private static final int CALLED_THREADS = 4;

  /** dbus-java tries this long to open a socket of this machine. */
  private static final int LOCAL_TIMEOUT_MILLIS = 500;

  private final DBusConnection connection;
  private final AtomicInteger unanswered;

  private BluezCalls(DBusConnection connection) {
    this.connection = connection;
    this.unanswered = new AtomicInteger();
  }

  /**
   * Connects.
   *
   * @param address the bus, or empty for the system's
   * @param lost called once when the connection ends by itself
   */
  static BluezCalls open(String address, Runnable lost) throws IOException {
    if (System.getProperty(LOG_QUIET) == null) {
      // dbus-java logs by SLF4J, which says on standard error that it has nowhere to log to.
      System.setProperty(LOG_QUIET, "ERROR");
    }
    try {
      DBusConnectionBuilder builder =
          address.isEmpty()
              ? DBusConnectionBuilder.forSystemBus()
              : DBusConnectionBuilder.forAddress(address);
      if (!address.startsWith("tcp:")) {
        // A socket that is not there is not waited for.
        builder.transportConfig().withTimeout(LOCAL_TIMEOUT_MILLIS);
      }
      return new BluezCalls(
          builder
              .withShared(false)
              .withDisconnectCallback(
                  new IDisconnectCallback() {
                    @Override
                    public void disconnectOnError(IOException reason) {
                      lost.run();
                    }

                    @Override
                    public void clientDisconnect() {
                      lost.run();
                    }
                  })
              .receivingThreadConfig()
              .withSignalThreadCount(1)
              .withMethodCallThreadCount(CALLED_THREADS)
              .connectionConfig()
              .build());
    } catch (DBusException | RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Has BlueZ' signals come, and news of who is BlueZ. Others' signals do not reach this process;
   * who forges one is told from BlueZ by {@link DBusSignal#getSource}.
   */
  void hear(Consumer<DBusSignal> signals) throws IOException {
    try {
      connection.addGenericSigHandler(
          new Rule("type='signal',sender='" + BLUEZ + "'", null), signal -> signals.accept(signal));
      connection.addGenericSigHandler(
          new Rule(
              "type='signal',sender='"
                  + BUS
                  + "',interface='"
                  + BUS
                  + "',member='NameOwnerChanged',arg0='"
                  + BLUEZ
                  + "'",
              "NameOwnerChanged"),
          signal -> {});
    } catch (DBusException | RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  void export(String prefix, DBusInterface object) throws IOException {
    try {
      connection.addFallback(prefix, object);
    } catch (DBusException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Calls a method of BlueZ. There is no deadline here.
   *
   * @param signature of the arguments, empty for none
   */
  Future<Message> call(
      String path, String type, String method, String signature, Object... arguments) {
    if (unanswered.incrementAndGet() > MAX_UNANSWERED) {
      unanswered.decrementAndGet();
      return Future.failedFuture(
          new BluetoothError(
              Kind.LIMIT, MAX_UNANSWERED + " calls wait for the Bluetooth service's answer"));
    }
    Promise<Message> promise = Promise.promise();
    promise.future().onComplete(done -> unanswered.decrementAndGet());
    try {
      connection.sendMessage(
          new Call(
              connection.getMessageFactory().getEndianess(),
              path,
              type,
              method,
              signature.isEmpty() ? null : signature,
              arguments,
              promise));
    } catch (NotConnected e) {
      promise.tryFail(gone());
    } catch (DBusException | DBusExecutionException e) {
      promise.tryFail(new BluetoothError(Kind.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
    } catch (java.util.concurrent.RejectedExecutionException e) {
      promise.tryFail(gone());
    }
    return promise.future();
  }

  void send(DBusSignal signal) throws IOException {
    try {
      connection.sendMessage(signal);
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  void close() {
    connection.disconnect();
  }

  private static BluetoothError gone() {
    return new BluetoothError(Kind.ADAPTER_GONE, "the connection to D-Bus is gone");
  }

  /** A call whose answer comes by a promise instead of a thread that waits. */
  private static final class Call extends MethodCall {
    private final Promise<Message> promise;

    Call(
        byte endianess,
        String path,
        String type,
        String method,
        String signature,
        Object[] arguments,
        Promise<Message> promise)
        throws DBusException {
      super(endianess, BLUEZ, path, type, method, (byte) 0, signature, arguments);
      this.promise = promise;
    }

    @Override
    public synchronized void setReply(Message reply) {
      super.setReply(reply);
      if (!(reply instanceof Error)) {
        promise.tryComplete(reply);
        return;
      }
      String text = "";
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
              ? new BluetoothError(Kind.ADAPTER_GONE, "the connection to D-Bus ended: " + text)
              : Errors.of(name, text));
    }
  }

  /** A rule that names its sender to the bus; dbus-java has no way to say that. */
  private static final class Rule extends DBusMatchRule {
    private final String text;

    Rule(String text, String member) {
      super("signal", null, member);
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
