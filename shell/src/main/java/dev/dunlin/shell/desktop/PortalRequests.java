package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.freedesktop.dbus.types.Variant;

/**
 * What a portal is asked for and a person answers (org.freedesktop.portal.Request): the answer
 * comes by a signal of an object that the call names. A portal that ends takes its requests with
 * it.
 *
 * <p><i>Thread:</i> any.
 */
final class PortalRequests {
  /** Requests without an answer, those given up too. Over: an answer to the oldest is lost. */
  static final int MAX_UNANSWERED = 256;

  private static final String REQUEST = "org.freedesktop.portal.Request";

  /** What a portal answers when it was done, and when the person does not want it. */
  private static final long DONE = 0;

  private static final long CANCELLED = 1;

  /**
   * How long after its call a dialog has stood that a person has closed. What ends otherwise within
   * it could not ask.
   */
  static final Duration AT_ONCE = Duration.ofMillis(200);

  private final Bus bus;
  private final String prefix;
  private final String refusal;
  private final RandomSource random = RandomSource.secure();
  private final Clock clock = new SystemClock();

  // Guarded by this. By the path of a request.
  private final Map<String, Asked> unanswered = new LinkedHashMap<>();
  private Future<Void> listening;
  private boolean hearsLoss;

  /** The unique name of the portal; empty while it has none. */
  private Optional<String> owner = Optional.empty();

  /**
   * What is asked.
   *
   * @param called when the portal has taken the question
   */
  private record Asked(Promise<Map<?, ?>> promise, Future<Duration> called, boolean closable) {
    /** Whether a dialog has stood long enough for a person to close it. */
    boolean hasStood(Duration now) {
      return closable && called.succeeded() && now.minus(called.result()).compareTo(AT_ONCE) >= 0;
    }
  }

  /** Arguments of a method, with the token in its options. */
  interface Arguments {
    Object[] of(String token);
  }

  /**
   * A question.
   *
   * @param patience how long the person may take; empty for as long as they like
   * @param withdrawn nobody wants the answer any more
   * @param closable whether another end than an answer is the person's refusal: some desktops tell
   *     so that their dialog was closed
   * @param late hears an answer that comes after the patience is over
   */
  record Question(
      String type,
      String method,
      String signature,
      Arguments arguments,
      Optional<Duration> patience,
      Future<Void> withdrawn,
      boolean closable,
      Consumer<Map<?, ?>> late) {}

  /**
   * @param prefix of the tokens: another one for each who asks by the same bus
   * @param refusal what the page is told when the person does not want it
   */
  PortalRequests(Bus bus, String prefix, String refusal) {
    this.bus = bus;
    this.prefix = prefix;
    this.refusal = refusal;
  }

  static Map<String, Variant<?>> options(String token, Map<String, Variant<?>> more) {
    Map<String, Variant<?>> options = new LinkedHashMap<>(more);
    options.put("handle_token", new Variant<>(token));
    return options;
  }

  /** The version of a portal's interface; fails where there is none. */
  static Future<Long> version(Bus bus, String type) {
    return bus.call(
            Theme.PORTAL,
            Theme.PORTAL_PATH,
            "org.freedesktop.DBus.Properties",
            "Get",
            "ss",
            type,
            "version")
        .map(answer -> Plain.number(Bus.body(answer).get(0)));
  }

  /**
   * Asks. Fails with {@code ABORT_ERR} if the person does not want it or the question was
   * withdrawn, and with {@link BusError} if the portal could not ask.
   */
  Future<Map<?, ?>> ask(Question question) {
    return listening()
        .compose(heard -> owner())
        .compose(known -> bus.connect())
        .compose(made -> send(made.getUniqueName(), question));
  }

  private Future<Map<?, ?>> send(String sender, Question question) {
    Promise<Map<?, ?>> promise = Promise.promise();
    Promise<Duration> taken = Promise.promise();
    // Nobody else can name it, to answer in the portal's place.
    String token = "dunlin_" + prefix + random.hex128();
    String path =
        Theme.PORTAL_PATH + "/request/" + sender.substring(1).replace('.', '_') + "/" + token;
    synchronized (this) {
      unanswered.put(path, new Asked(promise, taken.future(), question.closable()));
      if (unanswered.size() > MAX_UNANSWERED) {
        unanswered.remove(unanswered.keySet().iterator().next());
      }
    }
    Future<String> handle =
        bus.call(
                Theme.PORTAL,
                Theme.PORTAL_PATH,
                question.type(),
                question.method(),
                question.signature(),
                question.arguments().of(token))
            .map(called -> Plain.text(Bus.body(called).get(0)))
            .onSuccess(called -> taken.complete(clock.now()));
    handle.onFailure(
        fault -> {
          // Of a portal that goes on later, nobody wants the dialog: this comes behind the call.
          if (fault instanceof BusError error && error.kind() == BusError.Kind.TIMEOUT) {
            bus.call(Theme.PORTAL, path, REQUEST, "Close", "");
          }
        });
    question
        .withdrawn()
        .onComplete(
            gone -> {
              if (promise.tryFail(refused())) {
                handle.onSuccess(made -> bus.call(Theme.PORTAL, made, REQUEST, "Close", ""));
              }
            });
    return handle
        .compose(called -> patiently(promise.future(), question.patience()))
        .onFailure(fault -> giveUp(path, promise, question, fault));
  }

  private static Future<Map<?, ?>> patiently(
      Future<Map<?, ?>> answer, Optional<Duration> patience) {
    return patience
        .map(
            limit ->
                answer
                    .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .recover(
                        fault ->
                            Future.<Map<?, ?>>failedFuture(
                                fault instanceof BridgeError || fault instanceof BusError
                                    ? fault
                                    : new BusError(
                                        BusError.Kind.TIMEOUT, "the person has not answered"))))
        .orElse(answer);
  }

  private void giveUp(String path, Promise<Map<?, ?>> promise, Question question, Throwable fault) {
    if (fault instanceof BusError error && error.kind() == BusError.Kind.TIMEOUT) {
      promise.future().onSuccess(question.late()::accept);
      return;
    }
    synchronized (this) {
      unanswered.remove(path);
    }
  }

  private synchronized Future<Void> listening() {
    if (listening == null || listening.failed()) {
      if (!hearsLoss) {
        hearsLoss = true;
        bus.onLost(
            () -> {
              owns("");
              failAll(BusError.Kind.NO_BUS, "the connection to D-Bus ended");
            });
      }
      listening =
          bus.connect()
              .compose(
                  made ->
                      bus.hear(
                          "type='signal',sender='"
                              + Theme.PORTAL
                              + "',interface='"
                              + REQUEST
                              + "',member='Response'",
                          "Response",
                          this::answered))
              .compose(
                  heard ->
                      bus.hearOwner(
                          Theme.PORTAL,
                          now -> {
                            owns(now);
                            if (now.isEmpty()) {
                              failAll(BusError.Kind.NO_SERVICE, "the desktop's portal has ended");
                            }
                          }));
    }
    return listening;
  }

  private synchronized void owns(String name) {
    owner = Optional.of(name).filter(one -> !one.isEmpty());
  }

  /** Who it is now; one that is started later is heard of. */
  private Future<Void> owner() {
    synchronized (this) {
      if (owner.isPresent()) {
        return Future.succeededFuture();
      }
    }
    return bus.call(Bus.NAME, Bus.PATH, Bus.NAME, "GetNameOwner", "s", Theme.PORTAL)
        .transform(
            answer -> {
              if (answer.succeeded()) {
                owns(Plain.text(Bus.body(answer.result()).get(0)));
              }
              return Future.succeededFuture();
            });
  }

  private void failAll(BusError.Kind kind, String why) {
    List<Promise<Map<?, ?>>> all;
    synchronized (this) {
      all = unanswered.values().stream().map(Asked::promise).toList();
      unanswered.clear();
    }
    all.forEach(one -> one.tryFail(new BusError(kind, why)));
  }

  private void answered(Bus.Signal signal) {
    if (!signal.type().equals(REQUEST) || signal.body().size() != 2) {
      return;
    }
    Asked asked;
    synchronized (this) {
      // The bus filters by the name of the portal; whoever had it before is not asked.
      asked =
          owner.filter(signal.source()::equals).isPresent()
              ? unanswered.remove(signal.path())
              : null;
    }
    if (asked == null) {
      return;
    }
    Promise<Map<?, ?>> promise = asked.promise();
    long code = Plain.number(signal.body().get(0));
    if (code == DONE && signal.body().get(1) instanceof Map<?, ?> map) {
      promise.tryComplete(map);
    } else if (code == CANCELLED || asked.hasStood(clock.now())) {
      promise.tryFail(refused());
    } else {
      promise.tryFail(new BusError(BusError.Kind.REFUSED, "the desktop's portal could not ask"));
    }
  }

  private BridgeError refused() {
    return new BridgeError("AbortError", "ABORT_ERR", refusal);
  }
}
