package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What waits to go to one document by the call lane. All that becomes ready in one turn of the loop
 * leaves as one message.
 *
 * <p><i>Thread:</i> the loop.
 */
final class Outbox {
  private static final Logger LOG = System.getLogger(Outbox.class.getName());

  /** An error may repeat the URL and paths of its call. Over: the error has no message. */
  private static final int ERROR_LENGTH = 8 * Limits.URL_LENGTH;

  private final Loop loop;
  private final StringBuilder replies = new StringBuilder();
  private final Deque<String> events = new ArrayDeque<>();
  private final Set<Query> unanswered = new LinkedHashSet<>();
  private final Set<Query> ready = new LinkedHashSet<>();
  private final Deque<Answer> parked = new ArrayDeque<>();
  private long droppedEvents;
  private long eventsLength;
  private boolean opened;
  private Promise<Void> roomForEvents;
  private boolean flushing;

  Outbox(Loop loop) {
    this.loop = loop;
  }

  /** One message with calls: its answer takes those replies that are ready first. */
  final class Query {
    private Answer answer;
    private final StringBuilder replies = new StringBuilder();

    Query(Answer answer) {
      this.answer = answer;
    }

    void drop() {
      answer = null;
      ready.remove(this);
      unanswered.remove(this);
    }

    void data(long sequence, Object value) {
      StringBuilder target = target();
      appendData(target, sequence, value);
      sent(target);
    }

    void error(long sequence, BridgeError error) {
      StringBuilder target = target();
      appendError(target, sequence, error);
      sent(target);
    }

    private StringBuilder target() {
      return answer == null ? Outbox.this.replies : replies;
    }

    private void sent(StringBuilder target) {
      if (answer != null) {
        ready.add(this);
      }
      if (target.length() > Limits.BATCH_LENGTH) {
        flush();
      } else {
        flushSoon();
      }
    }
  }

  Query query(Answer answer) {
    Query query = new Query(answer);
    unanswered.add(query);
    return query;
  }

  /** A message of replies, each appended to {@code replies} before. */
  static String message(CharSequence replies) {
    return "{\"r\":[" + replies + "]}";
  }

  static void appendData(StringBuilder target, long sequence, Object value) {
    int start = target.length();
    BridgeError refusal;
    try {
      begin(target, sequence, 0);
      if (Json.append(target, value, Limits.REPLY_LENGTH)) {
        target.append(']');
        return;
      }
      refusal = tooLarge("stream");
    } catch (RuntimeException | Error unwritable) {
      refusal = Dispatcher.toBridgeError(unwritable);
    }
    target.setLength(start);
    appendError(target, sequence, refusal);
  }

  /**
   * @param lane the one to ask by
   */
  static BridgeError tooLarge(String lane) {
    return new BridgeError(
        "RangeError",
        "ERR_REPLY_TOO_LARGE",
        "the reply is longer than "
            + Limits.REPLY_LENGTH
            + " characters of JSON, or "
            + Limits.CALL_BYTES
            + " bytes: ask again by fetch, which has no such bound",
        Map.of("lane", lane));
  }

  /** As Node says it. */
  static BridgeError fileTooLarge(long bytes) {
    return new BridgeError(
        "RangeError",
        "ERR_FS_FILE_TOO_LARGE",
        "File size ("
            + bytes
            + ") is greater than "
            + (Limits.WHOLE_BYTES >> 30)
            + " GiB: read it in parts, with fs.createReadStream or a FileHandle");
  }

  static void appendError(StringBuilder target, long sequence, BridgeError error) {
    begin(target, sequence, 1);
    if (!Json.append(target, error.toMap(), ERROR_LENGTH)) {
      target.append(Json.text(Map.of("name", error.name(), "code", error.code(), "message", "")));
    }
    target.append(']');
  }

  private static void begin(StringBuilder target, long sequence, int kind) {
    target.append(target.length() == 0 ? "[" : ",[").append(sequence).append(',').append(kind);
    target.append(',');
  }

  /** A message without calls is answered at once. */
  static final String NO_REPLIES = "{\"r\":[]}";

  /** Keeps a query for the next thing to say; the oldest goes back unused when there are enough. */
  void park(Answer answer) {
    opened = true;
    parked.add(answer);
    if (parked.size() > Limits.PARKED_QUERIES) {
      tell(parked.removeFirst(), unused -> unused.success(NO_REPLIES));
    }
    flushSoon();
  }

  void unpark(Answer answer) {
    parked.remove(answer);
  }

  /** UTF-16 units of replies that wait. Loop. */
  long repliesLength() {
    return replies.length();
  }

  /** Events that wait. Loop. */
  int eventsWaiting() {
    return events.size();
  }

  /** Whether so many replies wait that no more calls should be taken. */
  boolean isFull() {
    return replies.length() > Limits.REPLIES_WAITING_LENGTH;
  }

  /** Adds an event, already JSON: {@code [name,detail]}. */
  void event(String json) {
    if (events.size() >= Limits.EVENTS_WAITING) {
      takeEvent();
      droppedEvents++;
    }
    events.add(json);
    eventsLength += json.length();
    flushSoon();
  }

  private String takeEvent() {
    String event = events.removeFirst();
    eventsLength -= event.length();
    return event;
  }

  /**
   * Completes when a sender that minds may add more events: at once, unless the page has opened its
   * channel and does not take what is there. Also when the document goes.
   */
  Future<Void> room() {
    if (hasRoom()) {
      return Future.succeededFuture();
    }
    if (roomForEvents == null) {
      roomForEvents = Promise.promise();
    }
    return roomForEvents.future();
  }

  private boolean hasRoom() {
    return !opened
        || events.size() < Limits.EVENTS_WAITING / 2 && eventsLength < Limits.EVENTS_LENGTH;
  }

  private void tellOfRoom() {
    if (roomForEvents != null && hasRoom()) {
      Promise<Void> waiting = roomForEvents;
      roomForEvents = null;
      waiting.complete();
    }
  }

  /** The document is gone: whoever waits is told so, or the page would wait for ever. */
  void clear() {
    List<Answer> waiting = new ArrayList<>(parked);
    unanswered.forEach(query -> waiting.add(query.answer));
    List.copyOf(unanswered).forEach(Query::drop);
    parked.clear();
    events.clear();
    eventsLength = 0;
    opened = false;
    replies.setLength(0);
    tellOfRoom();
    waiting.forEach(
        answer -> tell(answer, a -> a.failure(CallLane.NO_BRIDGE, "the document is gone")));
  }

  /**
   * Answers a query; whether that could be said. Chromium's end may be dead (its page, or Chromium
   * as a whole, is closing): that must not keep others from their answers.
   */
  static boolean tell(Answer answer, Consumer<Answer> how) {
    try {
      how.accept(answer);
      return true;
    } catch (RuntimeException | Error dead) {
      LOG.log(Level.WARNING, "a query of a page could not be answered: " + dead);
      return false;
    }
  }

  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      loop.later(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    for (Query query : ready) {
      tell(query.answer, answer -> answer.success(message(query.replies)));
      query.answer = null;
      unanswered.remove(query);
    }
    ready.clear();
    if (parked.isEmpty() || replies.length() == 0 && events.isEmpty()) {
      return;
    }
    StringBuilder message = new StringBuilder(replies.length() + 16).append('{');
    if (replies.length() > 0) {
      message.append("\"r\":[").append(replies).append(']');
      replies.setLength(0);
    }
    if (!events.isEmpty()) {
      message.append(message.length() > 1 ? "," : "").append("\"e\":[");
      if (droppedEvents > 0) {
        message.append("[\"dunlin:dropped\",{\"count\":").append(droppedEvents).append("}],");
        droppedEvents = 0;
      }
      message.append(takeEvent());
      while (!events.isEmpty() && message.length() < Limits.BATCH_LENGTH) {
        message.append(',').append(takeEvent());
      }
      message.append(']');
      tellOfRoom();
      if (!events.isEmpty()) {
        flushSoon();
      }
    }
    String text = message.append('}').toString();
    // A query that is dead passes it on to the next; with the last one the page is gone.
    boolean told = false;
    while (!told && !parked.isEmpty()) {
      told = tell(parked.removeFirst(), answer -> answer.success(text));
    }
  }
}
