package dev.dunlin.shell.engine;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.awt.BorderLayout;
import java.awt.Component;
import java.awt.Dimension;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.Insets;
import java.awt.Point;
import java.awt.Toolkit;
import java.awt.event.ActionEvent;
import java.awt.event.ActionListener;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.lang.reflect.Field;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import javax.swing.Timer;
import org.cef.CefClient;
import org.cef.browser.CefBrowser;
import org.cef.browser.CefDevToolsClient;

/**
 * One window with one page.
 *
 * <p><i>Thread:</i> every method may be called from any thread; the work happens on the event
 * dispatch thread.
 */
public final class BrowserWindow {
  private final Supplier<ChromiumThreads> threads;
  private final int index;
  private final boolean developer;
  private final Promise<Void> closed = Promise.promise();
  private final CefBrowser browser;
  private final WindowSettings settings;

  // Event dispatch thread only.
  private Frame frame;
  private String title;
  private boolean closing;

  BrowserWindow(
      CefClient client,
      Supplier<ChromiumThreads> threads,
      int index,
      WindowSettings settings,
      boolean developer) {
    this.threads = threads;
    this.index = index;
    this.developer = developer;
    this.settings = settings;
    this.title = settings.title();
    this.browser = client.createBrowser(settings.url(), false, false);
  }

  /** Number of the window: 0 is the first. */
  public int index() {
    return index;
  }

  /** Completes when the window and its page are gone. */
  public Future<Void> closed() {
    return closed.future();
  }

  boolean has(CefBrowser other) {
    return browser == other;
  }

  void create() {
    EventQueue.invokeLater(
        () -> {
          frame = new Frame(title);
          frame.setUndecorated(settings.undecorated());
          frame.setResizable(settings.resizable());
          frame.setBackground(settings.background());
          frame.setLayout(new BorderLayout());
          settings
              .icon()
              .ifPresent(
                  icon ->
                      frame.setIconImage(Toolkit.getDefaultToolkit().createImage(icon.toString())));
          Component page = browser.getUIComponent();
          page.setPreferredSize(new Dimension(settings.widthPx(), settings.heightPx()));
          page.setBackground(settings.background());
          frame.add(page, BorderLayout.CENTER);
          frame.addWindowListener(
              new WindowAdapter() {
                @Override
                public void windowClosing(WindowEvent event) {
                  close();
                }
              });
          frame.pack();
          frame.setLocationRelativeTo(null);
          createPageNow();
          frame.setVisible(settings.visible());
        });
  }

  /**
   * Makes the page as soon as the window has a native peer. By itself JCEF waits for the first
   * paint and then for a timer of 100 ms; its {@code createImmediately} makes the page under
   * another window, and such a page never closes (tried in 146).
   */
  private void createPageNow() {
    try {
      Field field = browser.getClass().getDeclaredField("delayedUpdate_");
      field.setAccessible(true);
      for (ActionListener listener : ((Timer) field.get(browser)).getActionListeners()) {
        listener.actionPerformed(new ActionEvent(browser, ActionEvent.ACTION_PERFORMED, "create"));
      }
    } catch (NoSuchFieldException | IllegalAccessException e) {
      throw new EngineException("this version of JCEF makes its pages in another way", e);
    }
  }

  /**
   * Closes the page, then the window.
   *
   * @return {@link #closed()}
   */
  public Future<Void> close() {
    EventQueue.invokeLater(
        () -> {
          if (!closing) {
            closing = true;
            allowClose();
            browser.close(true);
          }
        });
    return closed.future();
  }

  /** Chromium may close the page when it is told to. */
  void allowClose() {
    browser.setCloseAllowed();
  }

  /**
   * Chromium has let go of the page: the last step of the handshake. JCEF forgets the page only
   * after this callback, so who waits hears of it one task later.
   */
  void pageClosed() {
    threads
        .get()
        .onUi(
            () ->
                EventQueue.invokeLater(
                    () -> {
                      // Not before: JCEF moves the page out of a window that goes, and a page moved
                      // in
                      // the middle of its closing never closes.
                      dispose();
                      closed.tryComplete();
                    }));
  }

  void dispose() {
    if (frame != null) {
      frame.dispose();
      frame = null;
    }
  }

  /** Goes to {@code url}. */
  public void load(String url) {
    browser.loadURL(url);
  }

  /** URL of the page now. */
  public String url() {
    return browser.getURL();
  }

  /**
   * The DevTools protocol of the page.
   *
   * @throws EngineException while Chromium has not made the page, or has let go of it
   */
  public DevToolsSession devTools() {
    CefDevToolsClient client = browser.getDevToolsClient();
    if (client == null) {
      throw new EngineException("window " + index + " has no page now");
    }
    return new DevToolsSession(client);
  }

  /** Opens Chromium's developer tools, if this is a developer's run. */
  public boolean showInspector() {
    if (developer) {
      browser.openDevTools();
    }
    return developer;
  }

  /** Sets the title. */
  public Future<WindowState> setTitle(String text) {
    return change(
        () -> {
          title = text;
          frame.setTitle(text);
        });
  }

  /** Sets the size of the content, in CSS pixels. */
  public Future<WindowState> setSize(int width, int height) {
    return change(
        () -> {
          Insets insets = frame.getInsets();
          frame.setSize(width + insets.left + insets.right, height + insets.top + insets.bottom);
          frame.validate();
        });
  }

  /** Moves the window. */
  public Future<WindowState> setPosition(int x, int y) {
    return change(() -> frame.setLocation(x, y));
  }

  /** Shows or hides the window. */
  public Future<WindowState> setVisible(boolean visible) {
    return change(() -> frame.setVisible(visible));
  }

  /** Sets {@link Frame#MAXIMIZED_BOTH}, {@link Frame#ICONIFIED} or {@link Frame#NORMAL}. */
  public Future<WindowState> setExtendedState(int extended) {
    return change(() -> frame.setExtendedState(extended));
  }

  /** The state now. */
  public Future<WindowState> state() {
    return change(() -> {});
  }

  private Future<WindowState> change(Runnable action) {
    return onDispatchThread(
        () -> {
          if (frame == null) {
            throw new EngineException("window " + index + " is closed");
          }
          action.run();
          Component page = browser.getUIComponent();
          Point at = frame.getLocation();
          int extended = frame.getExtendedState();
          return new WindowState(
              index,
              title,
              browser.getURL(),
              page.getWidth(),
              page.getHeight(),
              at.x,
              at.y,
              frame.isVisible(),
              (extended & Frame.MAXIMIZED_BOTH) == Frame.MAXIMIZED_BOTH,
              (extended & Frame.ICONIFIED) != 0,
              frame.isResizable());
        });
  }

  private static <T> Future<T> onDispatchThread(Callable<T> action) {
    Promise<T> promise = Promise.promise();
    EventQueue.invokeLater(
        () -> {
          try {
            promise.complete(action.call());
          } catch (Exception e) {
            promise.fail(e);
          }
        });
    return promise.future();
  }
}
