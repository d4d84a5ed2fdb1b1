package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.Caller;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * One document and all it has going on. An anonymous one (empty id) stands for the callers of a
 * window that name no document.
 */
final class Document {
  final String id;
  final int window;
  final PolicySet policy;
  final HandleTable handles;
  final Grants grants;
  private volatile boolean gone;

  // Written by the loop only.
  private volatile String frame = "";
  private volatile boolean top;

  // Owned by the loop.
  final Set<RunningCall> calls = new HashSet<>();
  final Map<Long, RunningCall> bySequence = new HashMap<>();
  final Map<String, Upload> uploads = new HashMap<>();
  final Outbox outbox;
  final PushStream push;

  Document(String id, int window, PolicySet policy, HandleTable handles, Grants grants, Loop loop) {
    this.id = id;
    this.window = window;
    this.policy = policy;
    this.handles = handles;
    this.grants = grants;
    this.outbox = new Outbox(loop);
    this.push = new PushStream();
  }

  boolean isAnonymous() {
    return id.isEmpty();
  }

  boolean isGone() {
    return gone;
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
