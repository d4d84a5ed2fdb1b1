package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.Caller;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One document and all it has going on. An anonymous one (empty id) stands for the callers of a
 * window that name no document. A dedicated worker that has a name is a part of its document, with
 * calls, handles and pushes of its own.
 */
final class Document {
  final String id;
  final int window;
  final PolicySet policy;
  final HandleTable handles;
  final Grants grants;
  private final Optional<Document> page;
  private volatile boolean gone;

  // Written by the loop only.
  private volatile String frame = "";
  private volatile boolean top;

  // Owned by the loop.

  /** Since a message was refused for a bound: see docs/bridge.md, until the page knows of it. */
  boolean refuses;

  final Set<RunningCall> calls = new HashSet<>();
  final Map<Long, RunningCall> bySequence = new HashMap<>();
  final Map<String, Upload> uploads = new HashMap<>();
  final Outbox outbox;
  final PushStream push;
  final Map<String, Document> workers = new HashMap<>();

  Document(String id, int window, PolicySet policy, HandleTable handles, Grants grants, Loop loop) {
    this(id, window, policy, handles, grants, loop, new PushStream(), Optional.empty());
  }

  private Document(
      String id,
      int window,
      PolicySet policy,
      HandleTable handles,
      Grants grants,
      Loop loop,
      PushStream push,
      Optional<Document> page) {
    this.id = id;
    this.window = window;
    this.policy = policy;
    this.handles = handles;
    this.grants = grants;
    this.page = page;
    this.outbox = new Outbox(loop);
    this.push = push;
  }

  /** A part of this one, for one of its workers. */
  Document worker(Loop loop, PushStream pushes) {
    return new Document(id, window, policy, handles, grants, loop, pushes, Optional.of(this));
  }

  boolean isWorker() {
    return page.isPresent();
  }

  /** Calls of it and of its workers. Loop. */
  int callsInFlight() {
    Document whole = page.orElse(this);
    return whole.calls.size()
        + whole.workers.values().stream().mapToInt(worker -> worker.calls.size()).sum();
  }

  boolean isAnonymous() {
    return id.isEmpty();
  }

  boolean isGone() {
    return gone || page.filter(Document::isGone).isPresent();
  }

  void markGone() {
    gone = true;
  }

  boolean isBound() {
    return !frame.isEmpty();
  }

  /** A top frame, which has a bridge, has called from it. */
  void boundToTop() {
    top = true;
  }

  /** Any thread. */
  boolean isBoundToTop(int frameWindow, String frameId) {
    return top && !gone && frameWindow == window && frame.equals(frameId);
  }

  /** Any thread. */
  boolean isBoundToTopOf(int frameWindow) {
    return top && !gone && frameWindow == window;
  }

  /** Binds to the first frame that uses it; whether {@code frameId} is that frame. */
  boolean belongsTo(int frameWindow, String frameId) {
    if (gone || frameWindow != window || frameId.isEmpty()) {
      return false;
    }
    if (frame.isEmpty()) {
      frame = frameId;
    }
    return frame.equals(frameId);
  }

  Caller caller(String origin, String url) {
    return new Caller(window, id, origin, url);
  }
}
