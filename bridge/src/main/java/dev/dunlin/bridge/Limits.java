package dev.dunlin.bridge;

import java.time.Duration;

/** Every bound of the bridge, by name. What exceeding one gives stands beside it. */
public final class Limits {
  /**
   * One message from the page on the call lane, in UTF-16 units. Over: {@code
   * ERR_MESSAGE_TOO_LARGE}.
   */
  public static final int MESSAGE_LENGTH = 16 << 20;

  /** Texts that one call names beside that of its URL. Over: {@code ERR_INVALID_CALL}. */
  static final int TEXTS = 256;

  /**
   * A message whose calls may be answered on the thread that brings it, in UTF-16 units. Over: the
   * event loop takes it.
   */
  static final int MESSAGE_LENGTH_ON_ARRIVAL = 16 << 10;

  /**
   * Replies made on the thread that brings their message, in UTF-16 units, give or take one reply.
   * Over: the event loop takes the message.
   */
  static final int REPLIES_LENGTH_ON_ARRIVAL = 64 << 10;

  /**
   * One reply on the call lane, in UTF-16 units of JSON. Over: {@code ERR_REPLY_TOO_LARGE}; the
   * stream lane has no such bound.
   */
  public static final int REPLY_LENGTH = 64 << 10;

  /**
   * One reply of bytes on the call lane, which the page's own thread copies in one go. Over: {@code
   * ERR_REPLY_TOO_LARGE}, and the page asks again by the stream lane.
   */
  public static final int CALL_BYTES = 2 << 20;

  /**
   * Bytes that a document is given as a whole, such as those of a file: as in Node. Over: {@code
   * ERR_FS_FILE_TOO_LARGE}; a stream has no such bound.
   */
  public static final long WHOLE_BYTES = 2L << 30;

  /**
   * JSON that answers a synchronous request in a header, which saves the turns of reading a body.
   * Over: it is the body.
   */
  static final int HEADER_BYTES = 4 << 10;

  /**
   * One request body on the stream lane. Over: {@code ERR_MESSAGE_TOO_LARGE}; longer bodies go as
   * uploads.
   */
  public static final int BODY_BYTES = 8 << 20;

  /**
   * Calls of one document whose work is not over: unanswered, or cancelled but still stopping.
   * Over: {@code ERR_TOO_MANY_CALLS}.
   */
  public static final int CALLS_IN_FLIGHT = 10_000;

  /** Nesting of a JSON message. Over: {@code ERR_INVALID_CALL}. */
  public static final int JSON_DEPTH = 64;

  /** Open handles of one window. Over: {@code EMFILE}. */
  public static final int HANDLES_PER_WINDOW = 4096;

  /** Length of a command URL. Over: {@code ERR_INVALID_CALL}. */
  public static final int URL_LENGTH = 64 << 10;

  /**
   * One message of replies and events to the page, in UTF-16 units, give or take one reply. Over:
   * the next message takes the rest.
   */
  public static final int BATCH_LENGTH = 1 << 20;

  /**
   * Late replies that wait for a parked query of their document, in UTF-16 units. Over: new calls
   * are refused with {@link CallLane#TOO_MANY} until the page has taken them.
   */
  public static final int REPLIES_WAITING_LENGTH = 16 << 20;

  /**
   * Members of a list that the event loop itself writes as JSON. Over: a worker does, as with
   * whatever is longer than {@link #REPLY_LENGTH} on the stream lane.
   */
  static final int VALUES_ON_LOOP = 256;

  /** Queries of one document that wait for something to say. Over: the oldest is answered empty. */
  public static final int PARKED_QUERIES = 8;

  /**
   * Events that wait for a document to open its channel. Over: the oldest is dropped, and the page
   * is told the number by one event {@code dunlin:dropped}.
   */
  public static final int EVENTS_WAITING = 1024;

  /**
   * Events of a sender that minds (the back end) that wait for a page, in UTF-16 units, give or
   * take one. Over: the sender has to wait.
   */
  static final int EVENTS_LENGTH = 4 << 20;

  /**
   * Documents of one window. Over: the oldest that no top frame shows goes, first one that never
   * called, with its calls and handles.
   */
  public static final int DOCUMENTS_PER_WINDOW = 256;

  /**
   * Threads for short looks at the disk, and calls that wait for them. Over: the workers take them.
   */
  static final int BRIEF_THREADS = 2;

  static final int BRIEF_WAITING = 8;

  /**
   * Wait of Chromium's UI thread for a short look that a page waits for. Over: the page asks again
   * by the stream lane.
   */
  public static final Duration LOOK = Duration.ofMillis(3);

  /** Threads for commands that block. Over: they wait their turn, in order of arrival. */
  public static final int WORKERS = 16;

  /** Uploads in progress, each of which holds a thread. Over: {@code ERR_TOO_MANY_CALLS}. */
  public static final int UPLOADS = 32;

  /** Silence of the page between two parts of an upload. Over: the upload is cancelled. */
  public static final Duration UPLOAD_SILENCE = Duration.ofSeconds(60);

  /**
   * Push channels of one document: open, or over with an end that the page has not read from its
   * push stream. Over: {@code ERR_TOO_MANY_CALLS}.
   */
  public static final int PUSH_CHANNELS = 512;

  /** Dedicated workers of one document with a push stream. Over: {@code ERR_TOO_MANY_CALLS}. */
  public static final int WORKERS_PER_DOCUMENT = 32;

  /**
   * From a worker's first request by its own name to its push stream. Over: what it has opened is
   * closed.
   */
  public static final Duration WORKER_SILENCE = Duration.ofSeconds(5);

  /** Bytes of one push channel on their way to the page. Over: they wait in the channel. */
  public static final int PUSH_CREDIT_BYTES = 1 << 20;

  private Limits() {}
}
