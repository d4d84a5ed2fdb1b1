package dev.dunlin.bridge.spi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/** One call of a command, already parsed, resolved and allowed. */
public interface Call {
  /** Who asks. */
  Caller caller();

  /** The checked path; only for {@link Command.Resource.File}. */
  ScopedPath path();

  /** The second checked path; only where the declaration names one. */
  ScopedPath secondPath();

  /**
   * For what reaches all below the checked path, and below the second one if there is one: policy
   * must allow the folder, {@code <url>/}, and not only its name.
   *
   * @throws BridgeError {@code ERR_ACCESS_DENIED}
   */
  void requireTree();

  /**
   * For what also touches a folder above the checked path: policy must allow it, as {@code
   * <folder>} or {@code <folder>/}.
   *
   * @param folder a parent of {@link #path()}'s real path, or itself
   * @throws BridgeError {@code ERR_ACCESS_DENIED}
   */
  void requireAbove(Path folder);

  /**
   * Whether the asking document may read a path because a person has picked it.
   *
   * @param real a real path
   */
  boolean isPicked(Path real);

  /**
   * Grants the asking window what the person has picked, beyond its policy, for the {@code fs}
   * commands of its top document: a file, or a folder with all that is in it. Until the window goes
   * or shows another origin. May block; only for {@link Command.Permission#PERSON}.
   *
   * @param picked an absolute path of what is there
   * @param writable whether it may be changed too
   * @return its real path
   * @throws IOException if it is not there
   * @throws BridgeError {@code ERR_CANCELLED} if the document has gone meanwhile
   */
  Path grant(Path picked, boolean writable) throws IOException;

  /**
   * As {@link #grant}, of what stood there when the person gave it: a page that has put a link in
   * its place meanwhile gets nothing of what the link leads to.
   *
   * @param real its real path, of then
   * @param writable whether it may be changed too
   * @throws IOException also if links lead elsewhere from there now
   */
  void grantReal(Path real, boolean writable) throws IOException;

  /** The resource as text, percent-decoded; only for {@link Command.Resource.Text}. */
  String resource();

  /** The checked address and port; only for {@link Command.Resource.Address}. */
  InetSocketAddress address();

  /**
   * Whether policy also allows another function of this module on an address; only for {@link
   * Command.Resource.Address}.
   */
  boolean allows(String function, InetSocketAddress address);

  /**
   * Whether policy also allows a function of this module on a text, as {@link
   * Command.Resource.Text} has it: for what a call may see of what there is. What it does is for
   * its declaration to name.
   *
   * @param text without slashes
   */
  boolean allows(String function, String text);

  /**
   * The opened thing; only for {@link Command.Resource.Handle}, and for {@link
   * Command.Resource.Address} where the call has its handle parameter. Unknown ids never reach the
   * handler.
   */
  <T extends AutoCloseable> T handle(Class<T> type);

  /** The id of that thing; only for {@link Command.Resource.Handle}. */
  HandleId handleId();

  /** Puts {@code opened} into the window's handle table; closed with the document at the latest. */
  HandleId register(AutoCloseable opened);

  /**
   * Takes the handle out of the table without closing it; only for {@link Command.Resource.Handle}.
   */
  void release();

  /**
   * Opens a push channel to the asking document; closed with the document at the latest.
   *
   * @param boundBytes how much may wait for credit
   * @throws BridgeError if the caller has no document (a shared or service worker), or too many
   *     channels
   */
  PushChannel openPush(PushChannel.Overflow overflow, int boundBytes);

  /** All parameters. Query parameters are text nodes. */
  ObjectNode params();

  /** A parameter, if present and not JSON null. */
  Optional<JsonNode> param(String name);

  /**
   * The request body; empty on the call lane. May be read on a worker thread with blocking reads:
   * see {@link Body}.
   */
  Optional<Body> body();

  /** Completes when the page no longer wants the answer; work should stop. */
  Future<Void> cancelled();

  /** Whether {@link #cancelled} has completed; cheap, from any thread. */
  boolean isCancelled();

  /**
   * Whether it can be answered with {@link Reply.Bytes}: on the stream lane always, on the call
   * lane if the page asked so; there, bytes of no known length or beyond {@link
   * dev.dunlin.bridge.Limits#CALL_BYTES} make the page ask again by the stream lane.
   */
  boolean takesBytes();

  /** The lane the call came by. */
  Lane lane();

  /** How a call came and how its answer goes back. */
  enum Lane {
    CALL,
    STREAM
  }
}
