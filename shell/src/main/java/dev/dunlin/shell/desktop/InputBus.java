package dev.dunlin.shell.desktop;

import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.freedesktop.dbus.connections.transports.AbstractTransport;
import org.freedesktop.dbus.connections.transports.TransportBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.messages.Error;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;
import org.freedesktop.dbus.types.UInt32;

/**
 * The person's input method: IBus, by its portal on the session's bus ({@code
 * org.freedesktop.portal.IBus}; fcitx5 offers it too). Its own bus is at an abstract socket on many
 * systems, which Java can't connect to. One context for all fields, as a person types into one at a
 * time.
 *
 * <p>Not {@link Bus}: what IBus says of a key comes before its answer, on one connection, and that
 * order is what makes a text of it.
 *
 * <p><i>Thread:</i> {@link #key} one at a time; what is said between keys comes on a thread of its
 * own.
 */
public final class InputBus implements AutoCloseable {
  /** How long a step of the connection may take. Over: there is no input method in this run. */
  static final Duration STEP = Duration.ofSeconds(5);

  /** Longest text that is taken from an input method, in UTF-16 units. Over: it is cut off. */
  static final int TEXT_LENGTH = 10_000;

  private static final String IBUS = "org.freedesktop.portal.IBus";
  private static final String IBUS_PATH = "/org/freedesktop/IBus";
  private static final String PORTAL = "org.freedesktop.IBus.Portal";
  private static final String CONTEXT = "org.freedesktop.IBus.InputContext";

  /** The page shows what is being composed, and we tell where the keys go. */
  private static final int CAPABILITIES = 1 | 1 << 3;

  private static final int RELEASE = 1 << 30;

  /** X counts keys from here, evdev from 0. */
  private static final int FIRST_CODE = 8;

  /** What an input method has to say. */
  public sealed interface Said {
    /** It is text now. */
    record Commit(String text) implements Said {}

    /** It may still change; empty when nothing is being composed. */
    record Composing(String text, int cursor) implements Said {}

    /** The page shall have this key after all. */
    record Forward(int code, boolean pressed) implements Said {}
  }

  /** What is thought of a key, in the order in which it was said. */
  public record Verdict(boolean handled, List<Said> said) {}

  private final AbstractTransport transport;
  private final Consumer<Said> between;
  private final Duration key;
  private final Map<Long, CompletableFuture<Message>> awaited = new ConcurrentHashMap<>();

  /** Who makes our context, and where it is. */
  private record Context(String owner, String path) {}

  /** Empty while there is none: the input method has been started anew. */
  private volatile Optional<Context> context = Optional.empty();

  private final AtomicBoolean beginning = new AtomicBoolean();

  // Guarded by this: what a waiting key gathers, or nobody waits.
  private Optional<List<Said>> gathered = Optional.empty();
  private long ignoredUntil = -1;
  private long late = -1;
  private boolean shown;

  private volatile boolean closed;

  private InputBus(AbstractTransport transport, Consumer<Said> between, Duration key) {
    this.transport = transport;
    this.between = between;
    this.key = key;
  }

  /**
   * Connects. Blocks.
   *
   * @param between takes what is said when no key waits for it
   * @param key how long one may wait. Over: the page has it as it is, and so have those that follow
   *     until the answer is there
   * @throws IOException if there is none
   */
  public static InputBus connect(
      Map<String, String> environment, Consumer<Said> between, Duration key) throws IOException {
    String address =
        BusAddress.ofSession(environment)
            .orElseThrow(() -> new IOException("there is no D-Bus of the session"));
    Bus.quiet();
    InputBus bus = null;
    try {
      bus = new InputBus(TransportBuilder.create(address).build(), between, key);
      if (!bus.transport.isConnected()) {
        bus.transport.connect();
      }
      Threads.start("input-method", bus::read);
      bus.ask(Bus.NAME, Bus.PATH, Bus.NAME, "Hello", null);
      bus.begin();
      return bus;
    } catch (IOException | DBusException | RuntimeException e) {
      if (bus != null) {
        bus.close();
      }
      throw new IOException(e.getMessage() + " (at " + address + ")", e);
    }
  }

  private void begin() throws IOException, DBusException {
    Message made = ask(IBUS, IBUS_PATH, PORTAL, "CreateInputContext", "s", "dunlin");
    Context now = new Context(made.getSource(), Plain.text(Bus.body(made).get(0)));
    ask(now.owner(), now.path(), CONTEXT, "SetCapabilities", "u", new UInt32(CAPABILITIES));
    synchronized (this) {
      ignoredUntil = -1;
      late = -1;
      shown = false;
      context = Optional.of(now);
    }
  }

  private Message ask(
      String service, String path, String type, String method, String signature, Object... values)
      throws IOException, DBusException {
    Message answer =
        await(call(service, path, type, method, signature, values), STEP)
            .orElseThrow(() -> new IOException("no answer to " + method));
    if (answer instanceof Error) {
      throw BusError.of(answer.getName(), String.valueOf(Bus.body(answer)));
    }
    return answer;
  }

  private MethodCall call(
      String service, String path, String type, String method, String signature, Object... values)
      throws DBusException {
    return transport
        .getMessageFactory()
        .createMethodCall(null, service, path, type, method, (byte) 0, signature, values);
  }

  private MethodCall call(Context to, String method, String signature, Object... values)
      throws DBusException {
    return call(to.owner(), to.path(), CONTEXT, method, signature, values);
  }

  private void send(MethodCall call) throws IOException, DBusException {
    synchronized (transport) {
      transport.writeMessage(call);
    }
  }

  /** Empty when there is none within that time. */
  private Optional<Message> await(MethodCall call, Duration longest)
      throws IOException, DBusException {
    CompletableFuture<Message> answer = new CompletableFuture<>();
    awaited.put(call.getSerial(), answer);
    try {
      send(call);
      return Optional.of(answer.get(longest.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IOException("the connection ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      awaited.remove(call.getSerial());
    }
  }

  /**
   * Whether it can be asked. An input method that has been started anew is asked for a context
   * first, meanwhile it can't.
   */
  public boolean isThere() {
    if (closed) {
      return false;
    }
    if (context.isEmpty() && beginning.compareAndSet(false, true)) {
      Threads.start("input-method-anew", this::beginAnew);
    }
    return context.isPresent();
  }

  private void beginAnew() {
    try {
      begin();
    } catch (BusError notThere) {
      // Not yet: the next key asks again.
      return;
    } catch (IOException | DBusException | RuntimeException e) {
      System.getLogger(InputBus.class.getName())
          .log(System.Logger.Level.WARNING, "no input method: " + e);
    } finally {
      beginning.set(false);
    }
  }

  /**
   * What is thought of a key that was pressed. Blocks for as long as a key may wait, at most.
   *
   * @param code as X counts keys
   */
  public Verdict key(long keysym, int code, int state) {
    Optional<Context> to = context;
    if (to.isEmpty()) {
      return new Verdict(false, List.of());
    }
    List<Said> said = new ArrayList<>();
    Optional<Message> answer;
    try {
      MethodCall pressed = keyCall(to.get(), keysym, code, state);
      synchronized (this) {
        if (late >= 0) {
          return new Verdict(false, List.of());
        }
        late = pressed.getSerial();
        gathered = Optional.of(said);
      }
      send(call(to.get(), "FocusIn", null));
      answer = await(pressed, key);
    } catch (IOException | DBusException e) {
      close();
      return new Verdict(false, List.of());
    } finally {
      synchronized (this) {
        gathered = Optional.empty();
      }
    }
    if (answer.isEmpty()) {
      // The page has this key now: what is made of it comes too late.
      reset();
      return new Verdict(false, List.of());
    }
    if (answer.get() instanceof Error) {
      context = Optional.empty();
    }
    boolean handled =
        answer
            .filter(now -> !(now instanceof Error))
            .map(now -> Plain.flag(first(Bus.body(now))))
            .orElse(false);
    return new Verdict(handled, List.copyOf(said));
  }

  private static Object first(List<?> body) {
    return body.isEmpty() ? "" : body.get(0);
  }

  private MethodCall keyCall(Context to, long keysym, int code, int state) throws DBusException {
    return call(
        to,
        "ProcessKeyEvent",
        "uuu",
        new UInt32(keysym),
        new UInt32(code - FIRST_CODE),
        new UInt32(state & 0xffff_ffffL));
  }

  /** A key was let go; nobody waits for what is thought of that. */
  public void released(long keysym, int code, int state) {
    tell(to -> keyCall(to, keysym, code, state | RELEASE));
  }

  /** Where on the screen it is typed: candidates are shown there. */
  public void place(int x, int y, int width, int height) {
    tell(to -> call(to, "SetCursorLocation", "iiii", x, y, width, height));
  }

  /** The field has lost the keys or its place of typing: what was being composed is no more. */
  public void reset() {
    tell(
        to -> {
          MethodCall reset = call(to, "Reset", null);
          // What it commits thereupon stands in the page already.
          synchronized (this) {
            ignoredUntil = reset.getSerial();
            shown = false;
          }
          return reset;
        });
  }

  private interface Words {
    MethodCall to(Context context) throws DBusException;
  }

  private void tell(Words words) {
    Optional<Context> to = context;
    if (closed || to.isEmpty()) {
      return;
    }
    try {
      send(words.to(to.get()));
    } catch (IOException | DBusException e) {
      close();
    }
  }

  private void read() {
    try {
      while (!closed) {
        Message message = transport.readMessage();
        if (message instanceof DBusSignal) {
          if (isOfContext(message)) {
            heard(message);
          }
        } else if (message != null && message.getReplySerial() > 0) {
          answered(message);
        }
      }
    } catch (IOException | DBusException | RuntimeException e) {
      // The session's bus has ended: keys are what they are.
      close();
    }
  }

  /** Any program of the session can send us a signal; who sent it, the bus says. */
  private boolean isOfContext(Message signal) {
    return context
        .filter(
            now ->
                now.owner().equals(signal.getSource())
                    && now.path().equals(signal.getPath())
                    && CONTEXT.equals(signal.getInterface()))
        .isPresent();
  }

  private void answered(Message message) {
    long serial = message.getReplySerial();
    synchronized (this) {
      if (serial == ignoredUntil) {
        ignoredUntil = -1;
      }
      if (serial == late) {
        late = -1;
      }
    }
    CompletableFuture<Message> waits = awaited.get(serial);
    if (waits != null) {
      waits.complete(message);
    }
  }

  private void heard(Message signal) throws DBusException {
    String name = signal.getName();
    List<?> body = Bus.body(signal);
    switch (name) {
      case "CommitText" -> say(new Said.Commit(text(body.get(0))));
      case "UpdatePreeditText" -> {
        boolean visible = Plain.flag(body.get(2));
        String text = visible ? text(body.get(0)) : "";
        compose(text, (int) Plain.number(body.get(1)));
      }
      case "HidePreeditText" -> compose("", 0);
      case "ForwardKeyEvent" ->
          say(
              new Said.Forward(
                  (int) Plain.number(body.get(1)) + FIRST_CODE,
                  (Plain.number(body.get(2)) & RELEASE) == 0));
      default -> {}
    }
  }

  private void compose(String text, int cursor) {
    synchronized (this) {
      if (text.isEmpty() && !shown) {
        return;
      }
      shown = !text.isEmpty();
    }
    say(new Said.Composing(text, text.offsetByCodePoints(0, clamp(text, cursor))));
  }

  private static int clamp(String text, int characters) {
    return Math.max(0, Math.min(characters, text.codePointCount(0, text.length())));
  }

  /** An {@code IBusText}: its kind, what is attached, the text. */
  private static String text(Object value) {
    List<?> fields = Plain.list(value);
    String text = fields.size() > 2 ? Plain.text(fields.get(2)) : "";
    return text.length() > TEXT_LENGTH ? text.substring(0, TEXT_LENGTH) : text;
  }

  private void say(Said said) {
    synchronized (this) {
      boolean tooLate = late >= 0 && gathered.isEmpty();
      if (ignoredUntil >= 0 || tooLate) {
        return;
      }
      if (said instanceof Said.Commit) {
        shown = false;
      }
      if (gathered.isPresent()) {
        gathered.get().add(said);
        return;
      }
    }
    between.accept(said);
  }

  @Override
  public void close() {
    closed = true;
    awaited.values().forEach(waits -> waits.completeExceptionally(new IOException("closed")));
    try {
      transport.close();
    } catch (IOException e) {
      // It was gone already.
      return;
    }
  }
}
