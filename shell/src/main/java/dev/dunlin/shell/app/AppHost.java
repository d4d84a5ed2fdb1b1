package dev.dunlin.shell.app;

import dev.dunlin.bridge.Answer;
import dev.dunlin.bridge.Bridge;
import dev.dunlin.bridge.CallLane;
import dev.dunlin.bridge.Cancellation;
import dev.dunlin.bridge.Frame;
import dev.dunlin.bridge.StreamLane;
import dev.dunlin.bridge.StreamRequest;
import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.shell.engine.Download;
import dev.dunlin.shell.engine.PageHost;
import dev.dunlin.shell.engine.PageRequest;
import dev.dunlin.shell.resources.ResourceRequest;
import dev.dunlin.shell.resources.ResourceResponse;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Joins the engine to the bridge and the app's resources. */
final class AppHost implements PageHost {
  private final String origin;
  private final NavigationPolicy navigation;
  private final Function<ResourceRequest, Future<ResourceResponse>> resources;
  private final CompletableFuture<Bridge> bridge;
  private final Console console;
  private final Events events;
  private final Map<Integer, WindowDocuments> documents = new ConcurrentHashMap<>();

  /** What concerns the run as a whole. */
  interface Events {
    void external(String url);

    /** A link for the system's browser that perhaps nobody clicked. */
    void popupToBrowser(String url);

    void rendererGone(int window, String cause);

    void title(int window, String title);

    /** A document took the place of the one before in a top frame. */
    void committed(int window, String url);

    void loaded(int window, String url, int status);

    void download(int window, Download download);

    /** A top frame is about to ask for a page that is not the app's. */
    void leaves(int window, String url);

    void certificateRefused(String url, String error);

    /** Whether the person leaves a page that says that something would be lost. */
    Future<Boolean> leave(int window, boolean reload);
  }

  /**
   * @param bridge completes soon after Chromium has started: a first page may be asked for before
   */
  AppHost(
      String origin,
      NavigationPolicy navigation,
      Function<ResourceRequest, Future<ResourceResponse>> resources,
      CompletableFuture<Bridge> bridge,
      Console console,
      Events events) {
    this.origin = origin;
    this.navigation = navigation;
    this.resources = resources;
    this.bridge = bridge;
    this.console = console;
    this.events = events;
  }

  @Override
  public StreamLane.Exchange open(PageRequest request) {
    return request.url().startsWith("ipc:") ? command(request) : resource(request);
  }

  private StreamLane.Exchange command(PageRequest request) {
    return bridge
        .join()
        .streamLane()
        .open(
            new StreamRequest(
                request.window(),
                request.frameId(),
                request.topFrame(),
                request.initiator(),
                request.method(),
                request.url(),
                request.body()));
  }

  private StreamLane.Exchange resource(PageRequest request) {
    Future<ResourceResponse> answer =
        resources.apply(
            new ResourceRequest(
                request.method(),
                request.url(),
                request.headers(),
                request.initiator(),
                request.navigation(),
                request.window(),
                request.body()));
    Future<StreamResponse> response = answer.map(from -> served(request, from));
    return new StreamLane.Exchange() {
      @Override
      public Future<StreamResponse> response() {
        return response;
      }

      @Override
      public void cancel() {
        // One that comes too late for the engine to close.
        answer.onSuccess(late -> late.body().close());
      }
    };
  }

  private StreamResponse served(PageRequest request, ResourceResponse response) {
    if (request.navigation()) {
      String id = WindowDocuments.idIn(response.headers());
      gone(
          documentsOf(request.window())
              .map(window -> window.served(request.topFrame(), request.url(), id))
              // The window has closed meanwhile.
              .orElseGet(() -> List.of(id)));
    }
    return new StreamResponse(
        response.status(), response.headers(), response.lengthBytes(), response.body());
  }

  @Override
  public Cancellation message(Frame frame, String message, Answer answer) {
    Bridge ready = bridge.getNow(null);
    if (ready == null) {
      answer.failure(CallLane.NO_BRIDGE, "the bridge has not started or has stopped");
      return Cancellation.NONE;
    }
    return ready.callLane().receive(frame, message, answer);
  }

  @Override
  public String look(int window, String asking, String url) {
    Bridge ready = bridge.getNow(null);
    return ready == null || !asking.equals(origin) && !asking.startsWith(origin + "/")
        ? ""
        : ready.streamLane().look(window, url);
  }

  @Override
  public void console(int window, ConsoleLevel level, String text, String source, int line) {
    console.line(
        level, text, source.startsWith(origin) ? source.substring(origin.length()) : source, line);
  }

  @Override
  public Navigation navigate(int window, boolean topFrame, String url, boolean userGesture) {
    Navigation decision = navigation.decide(topFrame, url, userGesture);
    if (decision == Navigation.EXTERNAL) {
      events.external(url);
    } else if (decision == Navigation.DENY) {
      sayDenied("may not go to " + url, url);
    } else if (topFrame && !WebUrl.isOf(origin, url)) {
      events.leaves(window, url);
    }
    return decision;
  }

  @Override
  public void popup(int window, boolean topFrame, String url) {
    if (topFrame && navigation.decide(true, url, true) == Navigation.EXTERNAL) {
      events.popupToBrowser(url);
    } else {
      console.say("the page may not open a window with " + url);
    }
  }

  private void sayDenied(String what, String url) {
    console.say(
        "the page "
            + what
            + (url.startsWith("http")
                ? "; to allow it, add to socket.ini: [webview.navigator.policies] allowed[] = "
                    + url
                : ""));
  }

  @Override
  public void rendererGone(int window, String cause) {
    events.rendererGone(window, cause);
  }

  @Override
  public void committed(int window, String url) {
    gone(documentsOf(window).map(one -> one.committed(url)).orElseGet(List::of));
    bridge.join().shows(window, url);
    events.committed(window, url);
  }

  /** The documents that a window's top frame may show; none if it shows what is not the app's. */
  List<String> shown(int window) {
    return documentsOf(window).map(WindowDocuments::shown).orElseGet(List::of);
  }

  /** A window is about to open: from now on its documents are counted. */
  void windowOpens(int window) {
    documents.put(window, new WindowDocuments());
  }

  /** A window has closed, and with it its documents. */
  void windowGone(int window) {
    documents.remove(window);
  }

  @Override
  public void download(int window, Download download) {
    events.download(window, download);
  }

  @Override
  public void certificateRefused(String url, String error) {
    events.certificateRefused(url, error);
  }

  private void gone(List<String> ids) {
    for (String id : ids) {
      bridge.join().documentGone(id);
    }
  }

  @Override
  public void loaded(int window, String url, int status) {
    events.loaded(window, url, status);
  }

  @Override
  public Future<Boolean> leave(int window, boolean reload) {
    return events.leave(window, reload);
  }

  @Override
  public void title(int window, String title) {
    events.title(window, title);
  }

  private Optional<WindowDocuments> documentsOf(int window) {
    return Optional.ofNullable(documents.get(window));
  }
}
