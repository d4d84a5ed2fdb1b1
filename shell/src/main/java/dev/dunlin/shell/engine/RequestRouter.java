package dev.dunlin.shell.engine;

import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.StreamLane;
import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.bridge.spi.ByteSource;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Vector;
import java.util.function.Supplier;
import org.cef.CefApp;
import org.cef.CefClient;
import org.cef.browser.CefBrowser;
import org.cef.browser.CefFrame;
import org.cef.callback.CefCallback;
import org.cef.callback.CefResourceReadCallback;
import org.cef.handler.CefLoadHandler;
import org.cef.handler.CefRequestHandlerAdapter;
import org.cef.handler.CefResourceHandler;
import org.cef.handler.CefResourceHandlerAdapter;
import org.cef.handler.CefResourceRequestHandler;
import org.cef.handler.CefResourceRequestHandlerAdapter;
import org.cef.misc.BoolRef;
import org.cef.misc.IntRef;
import org.cef.misc.StringRef;
import org.cef.network.CefPostData;
import org.cef.network.CefPostDataElement;
import org.cef.network.CefRequest;
import org.cef.network.CefResponse;

/**
 * Answers every request for the app's origin and for Dunlin's schemes, so that none of them reaches
 * the network.
 *
 * <p>Requests of a window's frames and dedicated workers come through the client, which knows the
 * initiator as Chromium's browser process checked it. Shared and service workers belong to no
 * window: theirs come through scheme handler factories, and the initiator is the {@code Origin}
 * header, which pages cannot set.
 */
final class RequestRouter {
  private final EngineSettings settings;
  private final PageHost host;
  private final Supplier<ChromiumThreads> threads;
  private final List<BrowserWindow> windows;

  RequestRouter(
      EngineSettings settings,
      PageHost host,
      List<BrowserWindow> windows,
      Supplier<ChromiumThreads> threads) {
    this.threads = threads;
    this.settings = settings;
    this.host = host;
    this.windows = windows;
  }

  void register(CefApp app, CefClient client) {
    client.addRequestHandler(new ClientRequests());
    app.registerSchemeHandlerFactory("https", settings.host(), (b, f, s, r) -> unattended(b, f, r));
    for (String scheme : Engine.SCHEMES) {
      app.registerSchemeHandlerFactory(scheme, "", (b, f, s, r) -> unattended(b, f, r));
    }
  }

  static int idOf(List<BrowserWindow> windows, CefBrowser browser) {
    for (BrowserWindow window : windows) {
      if (window.has(browser)) {
        return window.id();
      }
    }
    return -1;
  }

  private CefResourceHandler unattended(CefBrowser browser, CefFrame frame, CefRequest request) {
    Map<String, String> headers = headersOf(request);
    return new Handler(browser, frame, headers.getOrDefault("origin", ""), false, headers, request);
  }

  private boolean isOurs(String url) {
    int colon = url.indexOf(':');
    if (colon < 0) {
      return false;
    }
    String scheme = url.substring(0, colon);
    return Engine.SCHEMES.contains(scheme)
        || url.equals(settings.origin())
        || url.startsWith(settings.origin() + "/");
  }

  private static Map<String, String> headersOf(CefRequest request) {
    Map<String, String> given = new HashMap<>();
    request.getHeaderMap(given);
    Map<String, String> headers = new HashMap<>();
    given.forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  /** Called on the IO thread and, for navigations, on the UI thread. */
  private final class ClientRequests extends CefRequestHandlerAdapter {
    @Override
    public CefResourceRequestHandler getResourceRequestHandler(
        CefBrowser browser,
        CefFrame frame,
        CefRequest request,
        boolean navigation,
        boolean download,
        String initiator,
        BoolRef disableDefaultHandling) {
      if (!isOurs(request.getURL())) {
        return null;
      }
      return new CefResourceRequestHandlerAdapter() {
        @Override
        public CefResourceHandler getResourceHandler(CefBrowser b, CefFrame f, CefRequest r) {
          if (!isOurs(r.getURL())) {
            // Redirected away from us.
            return null;
          }
          return new Handler(b, f, initiator == null ? "" : initiator, navigation, headersOf(r), r);
        }
      };
    }

    @Override
    public boolean onBeforeBrowse(
        CefBrowser browser,
        CefFrame frame,
        CefRequest request,
        boolean userGesture,
        boolean redirect) {
      int window = idOf(windows, browser);
      return window >= 0
          && host.navigate(window, frame.isMain(), request.getURL(), userGesture)
              != PageHost.Navigation.ALLOW;
    }

    @Override
    public boolean onOpenURLFromTab(
        CefBrowser browser, CefFrame frame, String url, boolean userGesture) {
      int window = idOf(windows, browser);
      if (window >= 0) {
        host.popup(window, frame != null && frame.isMain(), url);
      }
      return true;
    }

    /** Denied, whatever it is: there is no way for a page, or a person, to go on. */
    @Override
    public boolean onCertificateError(
        CefBrowser browser, CefLoadHandler.ErrorCode error, String url, CefCallback callback) {
      host.certificateRefused(idOf(windows, browser), url, String.valueOf(error));
      return false;
    }

    @Override
    public void onRenderProcessTerminated(
        CefBrowser browser, TerminationStatus status, int errorCode, String errorText) {
      int window = idOf(windows, browser);
      if (window >= 0) {
        host.rendererGone(
            window, status.name().replace("TS_", "").toLowerCase(Locale.ROOT).replace('_', ' '));
      }
    }
  }

  /**
   * One request: open, headers, reads, in this order, on threads of Chromium's pool that may block.
   */
  private final class Handler extends CefResourceHandlerAdapter {
    private final int window;
    private final String frameId;
    private final boolean topFrame;
    private final String initiator;
    private final boolean navigation;
    private final Map<String, String> headers;
    private final String method;
    private final String url;

    private StreamLane.Exchange exchange;
    private StreamResponse response;
    private volatile boolean cancelled;
    private volatile long delivered;

    Handler(
        CefBrowser browser,
        CefFrame frame,
        String initiator,
        boolean navigation,
        Map<String, String> headers,
        CefRequest request) {
      this.window = browser == null ? -1 : idOf(windows, browser);
      this.frameId = frame == null ? "" : frame.getIdentifier();
      this.topFrame = frame != null && frame.isMain();
      this.initiator = initiator;
      this.navigation = navigation;
      this.headers = headers;
      this.method = request.getMethod();
      this.url = request.getURL();
    }

    @Override
    public boolean open(CefRequest request, BoolRef handledNow, CefCallback callback) {
      threads.get().keepWorkers();
      Optional<byte[]> given = bodyOf(request.getPostData());
      if (given.isEmpty()) {
        handledNow.set(true);
        return answered(UNREADABLE_BODY.get());
      }
      byte[] body = given.get();
      StreamLane.Exchange opened =
          host.open(
              new PageRequest(
                  window, frameId, topFrame, initiator, navigation, method, url, headers, body));
      synchronized (this) {
        exchange = opened;
        if (cancelled) {
          opened.cancel();
          return false;
        }
      }
      Future<StreamResponse> answer = opened.response();
      if (answer.isComplete()) {
        handledNow.set(true);
        return answered(answer.result());
      }
      handledNow.set(false);
      answer.onComplete(
          done -> {
            if (answered(done.result())) {
              callback.Continue();
            } else {
              callback.cancel();
            }
          });
      return true;
    }

    /** Keeps the answer; closes it when the page has gone meanwhile. */
    private synchronized boolean answered(StreamResponse answer) {
      response = answer;
      if (cancelled && answer != null) {
        answer.body().close();
      }
      return answer != null && !cancelled;
    }

    @Override
    public void getResponseHeaders(CefResponse to, IntRef length, StringRef redirect) {
      StreamResponse from = response;
      to.setStatus(from.status());
      String type = from.headers().getOrDefault("content-type", "application/octet-stream");
      int semicolon = type.indexOf(';');
      to.setMimeType(semicolon < 0 ? type : type.substring(0, semicolon).trim());
      to.setHeaderMap(from.headers());
      length.set(from.lengthBytes() > Integer.MAX_VALUE ? -1 : (int) from.lengthBytes());
    }

    @Override
    public boolean read(byte[] target, int length, IntRef got, CefResourceReadCallback callback) {
      ByteSource source = response.body();
      try {
        int n = source.read(target, length);
        if (n > 0) {
          delivered += n;
          got.set(n);
          return true;
        }
        got.set(0);
        if (n == ByteSource.NOT_YET) {
          source.whenReadable(() -> readLater(source, callback));
          return true;
        }
        delivered = WHOLE;
        source.close();
        return false;
      } catch (IOException e) {
        source.close();
        got.set(NET_ERR_FAILED);
        return false;
      }
    }

    private void readLater(ByteSource source, CefResourceReadCallback callback) {
      byte[] target = callback.getBuffer();
      try {
        int n = cancelled ? ByteSource.END : source.read(target, target.length);
        if (n == ByteSource.NOT_YET) {
          source.whenReadable(() -> readLater(source, callback));
          return;
        }
        if (n == ByteSource.END) {
          delivered = WHOLE;
          source.close();
        } else {
          delivered += n;
        }
        callback.Continue(Math.max(n, 0));
      } catch (IOException e) {
        source.close();
        callback.Continue(NET_ERR_FAILED);
      }
    }

    /** CEF calls this at the end of every request, also of one that ran its course. */
    @Override
    public void cancel() {
      synchronized (this) {
        cancelled = true;
        boolean whole =
            response != null && (delivered == WHOLE || delivered == response.lengthBytes());
        if (exchange != null && !whole) {
          exchange.cancel();
        }
        if (response != null) {
          response.body().close();
        }
      }
    }
  }

  /** In place of a count: the body has been read to its end. */
  private static final long WHOLE = Long.MAX_VALUE;

  /** {@code net::ERR_FAILED}: the body breaks off, and the page's read rejects. */
  private static final int NET_ERR_FAILED = -2;

  /**
   * CEF hands on the bytes of a body, but not what a Blob, a file or a stream in it holds: an empty
   * body would be taken for it.
   */
  private static final Supplier<StreamResponse> UNREADABLE_BODY =
      () ->
          PlainText.response(
              400,
              "This body cannot be read: send a string, an ArrayBuffer or a typed array; for a Blob,"
                  + " a File or a stream use ipc.upload.");

  /**
   * The bytes of a body, empty if it holds something else than bytes. Reads at most one byte more
   * than the limit allows, so that the host sees that it is too long.
   */
  private static Optional<byte[]> bodyOf(CefPostData data) {
    if (data == null) {
      return Optional.of(new byte[0]);
    }
    Vector<CefPostDataElement> elements = new Vector<>();
    try {
      data.getElements(elements);
      return bytesOf(elements);
    } finally {
      // Their memory is the engine's: left to finalizers, it would be held until Java collects.
      elements.forEach(CefPostDataElement::dispose);
      data.dispose();
    }
  }

  private static Optional<byte[]> bytesOf(List<CefPostDataElement> elements) {
    long total = 0;
    for (CefPostDataElement element : elements) {
      if (element.getType() != CefPostDataElement.Type.PDE_TYPE_BYTES) {
        return Optional.empty();
      }
      total += element.getBytesCount();
    }
    if (total > Limits.BODY_BYTES) {
      return Optional.of(new byte[Limits.BODY_BYTES + 1]);
    }
    if (elements.size() == 1) {
      byte[] only = new byte[(int) total];
      elements.get(0).getBytes(only.length, only);
      return Optional.of(only);
    }
    byte[] body = new byte[(int) total];
    int at = 0;
    for (CefPostDataElement element : elements) {
      byte[] part = new byte[element.getBytesCount()];
      element.getBytes(part.length, part);
      System.arraycopy(part, 0, body, at, part.length);
      at += part.length;
    }
    return Optional.of(body);
  }
}
