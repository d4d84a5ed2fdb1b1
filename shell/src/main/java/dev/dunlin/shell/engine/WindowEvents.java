package dev.dunlin.shell.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cef.CefClient;
import org.cef.CefSettings.LogSeverity;
import org.cef.browser.CefBrowser;
import org.cef.browser.CefFrame;
import org.cef.callback.CefBeforeDownloadCallback;
import org.cef.callback.CefContextMenuParams;
import org.cef.callback.CefDownloadItem;
import org.cef.callback.CefDownloadItemCallback;
import org.cef.callback.CefJSDialogCallback;
import org.cef.callback.CefMenuModel;
import org.cef.handler.CefContextMenuHandlerAdapter;
import org.cef.handler.CefDisplayHandlerAdapter;
import org.cef.handler.CefDownloadHandlerAdapter;
import org.cef.handler.CefJSDialogHandlerAdapter;
import org.cef.handler.CefLifeSpanHandlerAdapter;
import org.cef.handler.CefLoadHandlerAdapter;
import org.cef.misc.BoolRef;
import org.cef.network.CefRequest.TransitionType;

/** What happens in and to windows. Called on Chromium's UI thread. */
final class WindowEvents {
  private final EngineSettings settings;
  private final PageHost host;
  private final List<BrowserWindow> windows;

  WindowEvents(EngineSettings settings, PageHost host, List<BrowserWindow> windows) {
    this.settings = settings;
    this.host = host;
    this.windows = windows;
  }

  void register(CefClient client) {
    client.addDisplayHandler(new Display());
    client.addLifeSpanHandler(new LifeSpan());
    client.addLoadHandler(new Load());
    client.addContextMenuHandler(new ContextMenu());
    client.addDownloadHandler(new Downloads());
    client.addJSDialogHandler(new Looks());
  }

  private int idOf(CefBrowser browser) {
    return RequestRouter.idOf(windows, browser);
  }

  /**
   * The page's side is {@code look} in ipc.ts: a dialog of text that no person sees. Answered
   * before this returns, in one task of the UI thread: else Chromium would drop what is typed
   * meanwhile.
   */
  private final class Looks extends CefJSDialogHandlerAdapter {
    private static final String MARK = "dunlin:look";

    @Override
    public boolean onJSDialog(
        CefBrowser browser,
        String origin,
        JSDialogType type,
        String message,
        String text,
        CefJSDialogCallback callback,
        BoolRef suppress) {
      int window = idOf(browser);
      if (window < 0 || type != JSDialogType.JSDIALOGTYPE_PROMPT || !MARK.equals(text)) {
        return false;
      }
      callback.Continue(true, host.look(window, origin, message));
      return true;
    }
  }

  private final class Display extends CefDisplayHandlerAdapter {
    @Override
    public boolean onConsoleMessage(
        CefBrowser browser, LogSeverity severity, String message, String source, int line) {
      int window = idOf(browser);
      if (window >= 0) {
        host.console(window, levelOf(severity), message, source, line);
      }
      return true;
    }

    @Override
    public void onAddressChange(CefBrowser browser, CefFrame frame, String url) {
      if (frame.isMain()) {
        windows.stream().filter(one -> one.has(browser)).forEach(one -> one.shows(url));
      }
    }

    @Override
    public void onTitleChange(CefBrowser browser, String title) {
      int window = idOf(browser);
      if (window >= 0) {
        host.title(window, title);
      }
    }

    private PageHost.ConsoleLevel levelOf(LogSeverity severity) {
      return switch (severity) {
        case LOGSEVERITY_VERBOSE -> PageHost.ConsoleLevel.DEBUG;
        case LOGSEVERITY_WARNING -> PageHost.ConsoleLevel.WARNING;
        case LOGSEVERITY_ERROR, LOGSEVERITY_FATAL -> PageHost.ConsoleLevel.ERROR;
        default -> PageHost.ConsoleLevel.INFO;
      };
    }
  }

  private final class LifeSpan extends CefLifeSpanHandlerAdapter {
    @Override
    public boolean onBeforePopup(CefBrowser browser, CefFrame frame, String url, String frameName) {
      int window = idOf(browser);
      if (window >= 0) {
        host.popup(window, frame != null && frame.isMain(), url);
      }
      return true;
    }

    @Override
    public boolean doClose(CefBrowser browser) {
      return browser.doClose();
    }

    @Override
    public void onBeforeClose(CefBrowser browser) {
      for (BrowserWindow window : windows) {
        if (window.has(browser)) {
          window.pageClosed();
        }
      }
    }
  }

  private final class Load extends CefLoadHandlerAdapter {
    @Override
    public void onLoadStart(CefBrowser browser, CefFrame frame, TransitionType transition) {
      int window = idOf(browser);
      if (window >= 0 && frame.isMain()) {
        host.committed(window, frame.getURL());
      }
    }

    @Override
    public void onLoadEnd(CefBrowser browser, CefFrame frame, int status) {
      int window = idOf(browser);
      if (window >= 0 && frame.isMain()) {
        host.loaded(window, frame.getURL(), status);
      }
    }
  }

  /**
   * Chromium's own menu, less what an app's reader has no use for: printing, saving and reading the
   * source of a page.
   */
  private final class ContextMenu extends CefContextMenuHandlerAdapter {
    private static final int VIEW_SOURCE = 132;
    private static final int PRINT = 131;
    private static final int BACK = 100;
    private static final int FORWARD = 101;

    @Override
    public void onBeforeContextMenu(
        CefBrowser browser, CefFrame frame, CefContextMenuParams params, CefMenuModel menu) {
      if (!settings.developer()) {
        menu.remove(VIEW_SOURCE);
      }
      menu.remove(PRINT);
      menu.remove(BACK);
      menu.remove(FORWARD);
    }
  }

  /**
   * Nothing is written that no policy allowed. JCEF saves a download whose question is forgotten
   * (its finaliser says go on), so the question is kept until Chromium has cancelled the download.
   */
  private final class Downloads extends CefDownloadHandlerAdapter {
    // CEF UI thread only.
    private final Map<Integer, CefBeforeDownloadCallback> refused = new HashMap<>();

    @Override
    public boolean onBeforeDownload(
        CefBrowser browser,
        CefDownloadItem item,
        String suggestedName,
        CefBeforeDownloadCallback callback) {
      refused.put(item.getId(), callback);
      int window = idOf(browser);
      if (window >= 0) {
        host.downloadRefused(window, item.getURL());
      }
      return true;
    }

    @Override
    public void onDownloadUpdated(
        CefBrowser browser, CefDownloadItem item, CefDownloadItemCallback callback) {
      if (item.isInProgress()) {
        callback.cancel();
      } else {
        refused.remove(item.getId());
      }
    }
  }
}
