package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Caller;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The documents that are being shown, by id; and whoever asks without one. */
final class Documents {
  private final BridgeConfig config;
  private final Loop loop;
  private final Consumer<Document> replaced;

  // Guarded by this. In order of registration.
  private final Map<String, Document> byId = new LinkedHashMap<>();
  private final Map<Integer, HandleTable> handles = new HashMap<>();
  private final Map<Integer, Document> anonymous = new HashMap<>();
  private final Map<Integer, Grants> grants = new HashMap<>();
  private final Map<Integer, PolicySet> windows = new HashMap<>();
  private final BitSet closed = new BitSet();

  // Owned by the loop: the document that each top frame used last.
  private final Map<String, Document> byTopFrame = new HashMap<>();

  // Owned by the loop: the document that each frame, nested ones too, is bound to.
  private final Map<String, Document> byFrame = new HashMap<>();

  /**
   * @param replaced takes each document whose frame has another one now, on the loop; it is
   *     forgotten already
   */
  Documents(BridgeConfig config, Loop loop, Consumer<Document> replaced) {
    this.config = config;
    this.loop = loop;
    this.replaced = replaced;
  }

  boolean isOurs(String url) {
    String origin = config.origin();
    return url.startsWith(origin)
        && (url.length() == origin.length() || "/?#".indexOf(url.charAt(origin.length())) >= 0);
  }

  Caller caller(Document document, String url) {
    return document.caller(config.origin(), url);
  }

  /** For a window that is gone: nobody may use it, and nothing of it is kept. */
  private Document late(int window) {
    Document late =
        new Document(
            config.random().hex128(),
            window,
            PolicySet.NONE,
            new HandleTable(config.random()),
            new Grants(),
            loop);
    late.markGone();
    return late;
  }

  synchronized Document register(int window, PolicySet policy) {
    if (window >= 0 && closed.get(window)) {
      return late(window);
    }
    Document document =
        new Document(config.random().hex128(), window, policy, table(window), grants(window), loop);
    byId.put(document.id, document);
    return document;
  }

  /**
   * A document that must go because its window has too many: the first that never called, else the
   * first; never one that a top frame shows. Loop.
   */
  synchronized Optional<Document> surplus(int window) {
    List<Document> all = byId.values().stream().filter(d -> d.window == window).toList();
    if (all.size() <= Limits.DOCUMENTS_PER_WINDOW) {
      return Optional.empty();
    }
    return all.stream()
        .filter(d -> !d.isBound())
        .findFirst()
        .or(() -> all.stream().filter(d -> !byTopFrame.containsValue(d)).findFirst());
  }

  /** The document of this id, if the frame is the one it belongs to, and it has a bridge. Loop. */
  Optional<Document> find(String id, int window, String frameId) {
    Document document;
    synchronized (this) {
      document = byId.get(id);
    }
    if (document == null || !document.policy.hasBridge() || !document.belongsTo(window, frameId)) {
      return Optional.empty();
    }
    Document before = byFrame.put(window + " " + frameId, document);
    if (before != null && before != document) {
      forget(before.id).forEach(replaced);
    }
    return Optional.of(document);
  }

  /** Why {@link #find} has found none, for a developer. Loop. */
  synchronized String whyNone(String id, int window, String frameId) {
    Document document = byId.get(id);
    if (document == null) {
      return "the window shows another, or it was never served";
    }
    if (!document.policy.hasBridge()) {
      return "its policy sandboxes it";
    }
    return "it is another frame's, not frame '" + frameId + "' of window " + window + "'s";
  }

  /** The document of this id, if {@link #findTop} has found it in this frame before. Any thread. */
  Optional<Document> boundTop(String id, int window, String frameId) {
    Document document;
    synchronized (this) {
      document = byId.get(id);
    }
    return Optional.ofNullable(document).filter(d -> d.isBoundToTop(window, frameId));
  }

  /**
   * The document of this id, if {@link #findTop} has found it in this window before. Any thread.
   */
  Optional<Document> boundTop(String id, int window) {
    Document document;
    synchronized (this) {
      document = byId.get(id);
    }
    return Optional.ofNullable(document).filter(d -> d.isBoundToTopOf(window));
  }

  /** As {@link #find}, for a top frame: those who ask for it without an id have its policy. */
  Optional<Document> findTop(String id, int window, String frameId) {
    Optional<Document> document = find(id, window, frameId);
    document.ifPresent(
        d -> {
          byTopFrame.put(window + " " + frameId, d);
          d.boundToTop();
        });
    return document;
  }

  /**
   * Who a caller without a document id is: the anonymous one of its window, under the policy of the
   * top frame's document if that is known. Loop.
   */
  Document anonymous(int window, String topFrameId) {
    Document top = byTopFrame.get(window + " " + topFrameId);
    if (top != null && !top.isGone()) {
      return top;
    }
    synchronized (this) {
      return anonymous.computeIfAbsent(
          window, w -> new Document("", w, policyOf(w), table(w), grants(w), loop));
    }
  }

  /**
   * Of the documents that a window's top frame may show, the one that has called from it, else the
   * one served last; empty if all are gone. Loop.
   */
  synchronized Optional<Document> shownIn(int window, List<String> ids) {
    List<Document> all =
        ids.stream()
            .flatMap(id -> Optional.ofNullable(byId.get(id)).stream())
            .filter(document -> document.window == window)
            .toList();
    return all.stream()
        .filter(document -> document.isBoundToTopOf(window))
        .findFirst()
        .or(() -> all.stream().reduce((first, last) -> last));
  }

  /**
   * The part of a document that one of its dedicated workers has. It begins with the worker's first
   * request by that name, for a synchronous one may overtake that for the push stream, and goes
   * with the push stream, which Chromium ends with the worker. Loop.
   *
   * @param id what the worker calls itself
   * @param opens whether it asks for its push stream
   * @return the whole document where there is no room for a part, and none was asked for
   */
  Document worker(Document page, String id, boolean opens) {
    Document known = page.workers.get(id);
    if (known != null) {
      return known;
    }
    Document nobody;
    synchronized (this) {
      nobody = anonymous.get(page.window);
    }
    // It may have begun before its page called: from then on the page's policy is its own.
    Document early = nobody == null ? null : nobody.workers.get(id);
    if (page.workers.size() >= Limits.WORKERS_PER_DOCUMENT) {
      if (early == null && !opens) {
        return page;
      }
      throw new BridgeError(
          "Error",
          "ERR_TOO_MANY_CALLS",
          "at most "
              + Limits.WORKERS_PER_DOCUMENT
              + " workers of a document may have a push stream: end some first");
    }
    Document worker = page.worker(loop, early == null ? new PushStream() : early.push);
    page.workers.put(id, worker);
    worker.push.whenLeft(
        () ->
            loop.run(
                () -> {
                  if (early != null) {
                    leave(nobody, id, early);
                  }
                  leave(page, id, worker);
                }));
    if (!opens) {
      loop.after(
          Limits.WORKER_SILENCE,
          () -> {
            if (!worker.push.isOpen()) {
              leave(page, id, worker);
            }
          });
    }
    return worker;
  }

  private void leave(Document page, String id, Document worker) {
    if (page.workers.remove(id, worker)) {
      worker.markGone();
      replaced.accept(worker);
    }
  }

  /** Forgets a document; also the anonymous ones that can't be asking without it. */
  synchronized List<Document> forget(String id) {
    List<Document> gone = new ArrayList<>();
    Document document = byId.remove(id);
    if (document != null) {
      gone.add(document);
      if (byId.values().stream().noneMatch(d -> d.window == document.window)) {
        forgetAnonymous(document.window, gone);
      }
      if (byId.isEmpty()) {
        forgetAnonymous(-1, gone);
      }
    }
    gone.forEach(Document::markGone);
    return gone;
  }

  synchronized void windowOpens(int window, PolicySet policy) {
    windows.put(window, policy);
  }

  private PolicySet policyOf(int window) {
    return window >= 0 && closed.get(window)
        ? PolicySet.NONE
        : windows.getOrDefault(window, config.policy());
  }

  /** Forgets all of a window, for good. */
  synchronized List<Document> forgetWindow(int window) {
    closed.set(window);
    windows.remove(window);
    forgetGrants(window);
    List<Document> gone = new ArrayList<>(inWindow(window));
    gone.forEach(document -> byId.remove(document.id));
    forgetAnonymous(window, gone);
    if (byId.isEmpty()) {
      forgetAnonymous(-1, gone);
    }
    grants.remove(window);
    handles.remove(window);
    gone.forEach(Document::markGone);
    return gone;
  }

  synchronized List<Document> forgetAll() {
    List<Document> gone = new ArrayList<>(byId.values());
    gone.addAll(anonymous.values());
    byId.clear();
    anonymous.clear();
    gone.forEach(Document::markGone);
    return gone;
  }

  /** Loop. */
  void unbind(Document document) {
    byTopFrame.values().remove(document);
    byFrame.values().remove(document);
  }

  synchronized List<Document> inWindow(int window) {
    return byId.values().stream().filter(d -> d.window == window).toList();
  }

  /** All of them, with those parts that workers have. Loop. */
  synchronized List<Document> all() {
    return Stream.concat(byId.values().stream(), anonymous.values().stream())
        .flatMap(document -> Stream.concat(Stream.of(document), document.workers.values().stream()))
        .toList();
  }

  /** What is open, by window. */
  synchronized Map<Integer, List<HandleTable.Open>> open() {
    Map<Integer, List<HandleTable.Open>> open = new TreeMap<>();
    handles.forEach((window, table) -> open.put(window, table.open()));
    return open;
  }

  private void forgetAnonymous(int window, List<Document> gone) {
    Document one = anonymous.remove(window);
    if (one != null) {
      gone.add(one);
    }
  }

  /** The window is gone, or shows what is not the app's: what was picked in it is forgotten. */
  synchronized void forgetGrants(int window) {
    grants.getOrDefault(window, new Grants()).forget();
  }

  private Grants grants(int window) {
    return grants.computeIfAbsent(window, w -> new Grants());
  }

  private HandleTable table(int window) {
    return handles.computeIfAbsent(window, w -> new HandleTable(config.random()));
  }
}
