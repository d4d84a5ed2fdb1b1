package dev.dunlin.bridge;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.Json.MalformedException;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource.LocalFile;
import dev.dunlin.bridge.spi.Call.Lane;
import dev.dunlin.bridge.spi.Caller;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The call lane: messages of JSON in, batches of JSON out. */
final class CallRouter implements CallLane {
  private static final Logger LOG = System.getLogger(CallRouter.class.getName());

  /** Integers beyond this are not exact in JavaScript. */
  private static final long MAX_SEQUENCE = (1L << 53) - 1;

  private static final Pattern SLOT = Pattern.compile("[0-9a-f]{32}");

  private final Loop loop;
  private final Dispatcher dispatcher;
  private final Documents documents;
  private final FileLane files;
  private final Parser parser;

  CallRouter(Loop loop, Dispatcher dispatcher, Documents documents, FileLane files) {
    this(loop, dispatcher, documents, files, CallRouter::parse);
  }

  /** For tests: with a parser of their own. */
  CallRouter(Loop loop, Dispatcher dispatcher, Documents documents, FileLane files, Parser parser) {
    this.loop = loop;
    this.dispatcher = dispatcher;
    this.documents = documents;
    this.files = files;
    this.parser = parser;
  }

  /** What understands a message. */
  interface Parser {
    Message parse(String text) throws IOException;
  }

  @Override
  public Cancellation receive(Frame frame, String message, Answer answer) {
    // An empty URL is a document whose commit Chromium has not yet told: its unguessable id
    // decides.
    if (!frame.top() || !frame.url().isEmpty() && !documents.isOurs(frame.url())) {
      answer.failure(NO_BRIDGE, "only the app's own top-level page has a bridge by this lane");
      return Cancellation.NONE;
    }
    if (message.length() > Limits.MESSAGE_LENGTH) {
      answer.failure(
          TOO_LARGE,
          "a message may have "
              + Limits.MESSAGE_LENGTH
              + " characters, this has "
              + message.length()
              + ": send data by fetch");
      return Cancellation.NONE;
    }
    Exchange exchange = new Exchange(frame, answer);
    if (message.length() > Limits.MESSAGE_LENGTH_ON_ARRIVAL) {
      return taken(answer, exchange, () -> read(message, answer).ifPresent(exchange::take));
    }
    Optional<Message> read = read(message, answer);
    if (read.isEmpty() || answeredOnArrival(frame, read.get(), answer)) {
      return Cancellation.NONE;
    }
    return taken(answer, exchange, () -> exchange.take(read.get()));
  }

  private Cancellation taken(Answer answer, Exchange exchange, Runnable take) {
    if (!loop.later(take)) {
      answer.failure(NO_BRIDGE, "the bridge has stopped");
      return Cancellation.NONE;
    }
    return () -> loop.later(exchange::cancel);
  }

  /** The message, or nothing if it was refused. */
  private Optional<Message> read(String text, Answer answer) {
    try {
      return Optional.of(parser.parse(text));
    } catch (TooManyException e) {
      answer.failure(TOO_MANY, Dispatcher.tooManyCalls().getMessage());
    } catch (IOException e) {
      answer.failure(MALFORMED, "malformed message: " + brief(e));
    } catch (RuntimeException | Error fault) {
      // No memory, no stack: this message's affair, not that of the frame's other calls.
      answer.failure(FAULT, Dispatcher.toBridgeError(fault).getMessage());
    }
    return Optional.empty();
  }

  /**
   * Answers a message of calls that need no other thread, nor anything the loop owns.
   *
   * @return false if the loop must take it
   */
  private boolean answeredOnArrival(Frame frame, Message message, Answer answer) {
    Optional<Document> document =
        message.calls.isEmpty() || !message.cancels.isEmpty()
            ? Optional.empty()
            : documents.boundTop(message.document, frame.window(), frame.id());
    if (document.isEmpty()) {
      return false;
    }
    if (message.calls.size() == 1 && answersBriefly(document.get(), frame, message, answer)) {
      return true;
    }
    String replies;
    try {
      Optional<String> made = repliesOnArrival(document.get(), frame, message.calls);
      if (made.isEmpty()) {
        return false;
      }
      replies = made.get();
    } catch (RuntimeException | Error fault) {
      answer.failure(FAULT, Dispatcher.toBridgeError(fault).getMessage());
      return true;
    }
    Outbox.tell(answer, alive -> alive.success(Outbox.message(replies)));
    return true;
  }

  /** A short look at the disk: straight to a thread for it, and back from there. */
  private boolean answersBriefly(Document document, Frame frame, Message message, Answer answer) {
    Asked asked = message.calls.get(0);
    CommandUrl url;
    try {
      url = CommandUrl.parse(asked.url);
    } catch (BridgeError invalid) {
      return false;
    }
    if (!dispatcher.isBrief(url)) {
      return false;
    }
    Caller caller = documents.caller(document, frame.url());
    return loop.brief(
        () -> {
          StringBuilder replies = new StringBuilder();
          try {
            RunningCall call = call(document, caller, url, asked, Optional.empty(), ignored -> {});
            Outbox.appendData(replies, asked.sequence, dispatcher.inline(call).value());
          } catch (BridgeError refused) {
            Outbox.appendError(replies, asked.sequence, refused);
          }
          Outbox.tell(answer, alive -> alive.success(Outbox.message(replies)));
        });
  }

  private Optional<String> repliesOnArrival(Document document, Frame frame, List<Asked> calls) {
    Caller caller = documents.caller(document, frame.url());
    StringBuilder replies = new StringBuilder();
    for (Asked asked : calls) {
      CommandUrl url;
      try {
        url = CommandUrl.parse(asked.url);
      } catch (BridgeError invalid) {
        // The loop answers it, beside the others.
        return Optional.empty();
      }
      if (!dispatcher.isOnArrival(url) || replies.length() > Limits.REPLIES_LENGTH_ON_ARRIVAL) {
        return Optional.empty();
      }
      try {
        RunningCall call = call(document, caller, url, asked, Optional.empty(), ignored -> {});
        Outbox.appendData(replies, asked.sequence, dispatcher.onArrival(call).value());
      } catch (BridgeError refused) {
        Outbox.appendError(replies, asked.sequence, refused);
      }
    }
    return Optional.of(replies.toString());
  }

  private static RunningCall call(
      Document document,
      Caller caller,
      CommandUrl url,
      Asked asked,
      Optional<Consumer<CallBytes.Read>> bytes,
      Consumer<AsyncResult<Reply>> done) {
    url.query()
        .forEach(
            (name, value) -> {
              if (!asked.params.has(name)) {
                asked.params.put(name, value);
              }
            });
    return new RunningCall(
        document,
        caller,
        url,
        asked.params,
        Optional.empty(),
        false,
        true,
        true,
        Lane.CALL,
        bytes,
        done);
  }

  /** What a message says, before anything of it is done. */
  record Message(
      String document,
      boolean opensChannel,
      boolean knowsRefusal,
      boolean takesBytes,
      String slot,
      List<Asked> calls,
      List<Long> cancels) {}

  record Asked(long sequence, String url, ObjectNode params) {}

  private static final class TooManyException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** One query of the message router. Owned by the loop. */
  private final class Exchange {
    private final Frame frame;
    private final Answer answer;
    private final List<RunningCall> calls = new ArrayList<>(1);
    private Outbox.Query query;
    private Document document;
    private boolean cancelled;
    private boolean takesBytes;
    private String slot = "";

    Exchange(Frame frame, Answer answer) {
      this.frame = frame;
      this.answer = answer;
    }

    void cancel() {
      cancelled = true;
      if (query != null) {
        query.drop();
      }
      if (document != null) {
        document.outbox.unpark(answer);
      }
      List.copyOf(calls).forEach(dispatcher::cancel);
    }

    void take(Message message) {
      if (cancelled) {
        return;
      }
      Optional<Document> found = documents.findTop(message.document, frame.window(), frame.id());
      if (found.isEmpty()) {
        answer.failure(
            UNKNOWN_DOCUMENT,
            "the document id is not this page's: "
                + documents.whyNone(message.document, frame.window(), frame.id()));
        return;
      }
      document = found.get();
      if (message.opensChannel) {
        document.outbox.park(answer);
        return;
      }
      if (message.knowsRefusal) {
        document.refuses = false;
        answer.success("");
        return;
      }
      if (document.calls.size() + message.calls.size() > Limits.CALLS_IN_FLIGHT) {
        refuse(Dispatcher.tooManyCalls().getMessage());
        return;
      }
      if (!message.calls.isEmpty() && document.outbox.isFull()) {
        refuse("too many replies wait to be taken: open the channel first");
        return;
      }
      if (!message.calls.isEmpty() && document.refuses) {
        refuse("calls that came before these were refused: say first that you know");
        return;
      }
      for (Asked asked : message.calls) {
        if (document.bySequence.containsKey(asked.sequence)) {
          answer.failure(MALFORMED, "call " + asked.sequence + " is still in flight");
          return;
        }
      }
      for (long sequence : message.cancels) {
        RunningCall call = document.bySequence.get(sequence);
        if (call != null) {
          dispatcher.cancel(call);
        }
      }
      if (message.calls.isEmpty()) {
        answer.success(message.cancels.isEmpty() ? Outbox.NO_REPLIES : "");
        return;
      }
      query = document.outbox.query(answer);
      takesBytes = message.takesBytes && answer.takesBytes();
      slot = message.slot;
      Caller caller = documents.caller(document, frame.url());
      message.calls.forEach(asked -> start(asked, caller));
    }

    /** And all calls that come before the page knows: none overtakes those of this message. */
    private void refuse(String why) {
      document.refuses = true;
      answer.failure(TOO_MANY, why);
    }

    private void start(Asked asked, Caller caller) {
      CommandUrl url;
      try {
        url = CommandUrl.parse(asked.url);
      } catch (RuntimeException | Error invalid) {
        query.error(asked.sequence, Dispatcher.toBridgeError(invalid));
        return;
      }
      RunningCall[] self = new RunningCall[1];
      RunningCall call =
          call(
              document,
              caller,
              url,
              asked,
              takesBytes ? Optional.of(read -> send(self[0], read)) : Optional.empty(),
              result -> reply(asked.sequence, self[0], result));
      self[0] = call;
      calls.add(call);
      document.bySequence.put(asked.sequence, call);
      dispatcher.start(call);
    }

    private void reply(long sequence, RunningCall call, AsyncResult<Reply> result) {
      document.bySequence.remove(sequence);
      calls.remove(call);
      if (cancelled || document.isGone()) {
        dispatcher.discard(call, result);
      } else if (result.failed()) {
        query.error(sequence, Dispatcher.toBridgeError(result.cause()));
      } else if (result.result() instanceof Reply.Data data) {
        query.data(sequence, data.value());
      } else if (takesBytes && result.result() instanceof Reply.Bytes bytes) {
        bytes(sequence, call, bytes);
      } else {
        dispatcher.discard(call, result);
        query.error(
            sequence,
            new BridgeError(
                "TypeError", "ERR_INVALID_CALL", "this command answers with bytes: use fetch"));
      }
    }

    /** The only call of its message: its bytes are the answer to the query. */
    private void bytes(long sequence, RunningCall call, Reply.Bytes bytes) {
      if (bytes.lengthBytes() > Limits.WHOLE_BYTES) {
        dispatcher.discard(call, Future.succeededFuture(bytes));
        query.error(sequence, Outbox.fileTooLarge(bytes.lengthBytes()));
        return;
      }
      switch (CallBytes.way(bytes)) {
        case CALL -> {
          if (bytes.source() instanceof CallBytes.Read) {
            // The worker that read them has sent them.
            query.drop();
            return;
          }
          document.calls.add(call);
          loop.blocking(
                  false,
                  () -> {
                    send(call, CallBytes.read(bytes));
                    return null;
                  })
              .onComplete(
                  sent -> {
                    document.calls.remove(call);
                    if (sent.succeeded()) {
                      query.drop();
                    } else if (!cancelled) {
                      query.error(sequence, Dispatcher.toBridgeError(sent.cause()));
                    }
                  });
        }
        case BLOB -> {
          if (slot.isEmpty()) {
            dispatcher.discard(call, Future.succeededFuture(bytes));
            query.error(sequence, Outbox.tooLarge("blob"));
          } else {
            give(sequence, call, bytes);
          }
        }
        case STREAM -> {
          dispatcher.discard(call, Future.succeededFuture(bytes));
          query.error(sequence, Outbox.tooLarge("stream"));
        }
      }
    }

    private void send(RunningCall call, CallBytes.Read read) {
      read.take()
          .ifPresent(
              buffer -> {
                if (!call.isCancelled()) {
                  Outbox.tell(answer, alive -> alive.bytes(buffer));
                }
                CallBytes.Read.giveBack(buffer);
              });
    }

    /** Open until the page cancels the call, which says that it has read the file. */
    private void give(long sequence, RunningCall call, Reply.Bytes bytes) {
      LocalFile file = bytes.source().file().orElseThrow();
      Document asking = document;
      asking.calls.add(call);
      asking.bySequence.put(sequence, call);
      List<AutoCloseable> open = new ArrayList<>(List.of(bytes.source()::close));
      Runnable release =
          () -> {
            asking.calls.remove(call);
            asking.bySequence.remove(sequence, call);
            dispatcher.close(List.copyOf(open));
          };
      loop.blocking(false, () -> files.give(frame.window(), slot, file.path()))
          .compose(given -> given)
          .onComplete(
              given ->
                  loop.run(
                      () -> {
                        if (given.succeeded()) {
                          open.add(given.result());
                          if (!call.isCancelled()) {
                            query.data(
                                sequence,
                                Map.of("start", file.start(), "length", bytes.lengthBytes()));
                          }
                          call.cancelled().onComplete(read -> loop.run(release));
                        } else {
                          release.run();
                          if (!cancelled) {
                            LOG.log(Level.DEBUG, "the blob lane failed", given.cause());
                            query.error(sequence, Outbox.tooLarge("stream"));
                          }
                        }
                      }));
    }
  }

  private static String brief(IOException e) {
    return e instanceof com.fasterxml.jackson.core.JsonProcessingException json
        ? json.getOriginalMessage()
        : e.getMessage();
  }

  /** Reads a message of docs/bridge.md, and does nothing of it. */
  static Message parse(String text) throws IOException {
    String document = "";
    boolean opensChannel = false;
    boolean knowsRefusal = false;
    boolean takesBytes = false;
    String slot = "";
    List<Asked> calls = List.of();
    List<Long> cancels = List.of();
    try (JsonParser parser = Json.parser(text)) {
      expect(parser.nextToken(), JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (name) {
          case "d" -> {
            expect(value, JsonToken.VALUE_STRING);
            document = parser.getText();
          }
          case "o" -> {
            expect(value, JsonToken.VALUE_NUMBER_INT);
            opensChannel = true;
          }
          case "a" -> {
            expect(value, JsonToken.VALUE_NUMBER_INT);
            knowsRefusal = true;
          }
          case "b" -> {
            takesBytes = true;
            if (value == JsonToken.VALUE_STRING && SLOT.matcher(parser.getText()).matches()) {
              slot = parser.getText();
            } else {
              expect(value, JsonToken.VALUE_NUMBER_INT);
            }
          }
          case "c" -> calls = calls(parser);
          case "x" -> cancels = sequences(parser);
          default -> throw new MalformedException("unknown member");
        }
      }
      expect(parser.currentToken(), JsonToken.END_OBJECT);
      expect(parser.nextToken(), null);
    }
    if ((opensChannel || knowsRefusal) && !(calls.isEmpty() && cancels.isEmpty())) {
      throw new MalformedException(
          "a message that opens the channel or knows of a refusal has no calls");
    }
    if (takesBytes && calls.size() != 1) {
      throw new MalformedException("a message that takes bytes has one call");
    }
    return new Message(document, opensChannel, knowsRefusal, takesBytes, slot, calls, cancels);
  }

  private static List<Asked> calls(JsonParser parser) throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY);
    List<Asked> calls = new ArrayList<>();
    Set<Long> sequences = new HashSet<>();
    while (parser.nextToken() == JsonToken.START_ARRAY) {
      if (calls.size() == Limits.CALLS_IN_FLIGHT) {
        throw new TooManyException();
      }
      parser.nextToken();
      long sequence = sequence(parser);
      if (!sequences.add(sequence)) {
        throw new MalformedException("two calls have the number " + sequence);
      }
      expect(parser.nextToken(), JsonToken.VALUE_STRING);
      String url = parser.getText();
      ObjectNode params = Json.object();
      if (parser.nextToken() != JsonToken.END_ARRAY) {
        params = Json.object(parser);
        expect(parser.nextToken(), JsonToken.END_ARRAY);
      }
      calls.add(new Asked(sequence, url, params));
    }
    expect(parser.currentToken(), JsonToken.END_ARRAY);
    return calls;
  }

  private static List<Long> sequences(JsonParser parser) throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY);
    List<Long> sequences = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (sequences.size() == Limits.CALLS_IN_FLIGHT) {
        throw new TooManyException();
      }
      sequences.add(sequence(parser));
    }
    return sequences;
  }

  private static long sequence(JsonParser parser) throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT);
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || parser.getLongValue() < 1
        || parser.getLongValue() > MAX_SEQUENCE) {
      throw new MalformedException("a call's number is from 1 to 2^53 - 1");
    }
    return parser.getLongValue();
  }

  private static void expect(JsonToken token, JsonToken expected) throws IOException {
    if (token != expected) {
      throw new MalformedException(
          "expected " + (expected == null ? "the end" : expected) + ", found " + token);
    }
  }
}
