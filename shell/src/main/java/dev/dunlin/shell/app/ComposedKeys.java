package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.PageProtocol;
import dev.dunlin.shell.engine.TypedKey;
import dev.dunlin.shell.engine.Typing;
import dev.dunlin.shell.host.Compose;
import dev.dunlin.shell.host.XKeyboard;
import java.awt.EventQueue;
import java.util.Optional;

/**
 * Dead keys and the Compose key. Chromium leaves them to GTK, which CEF does not load where its
 * message loop has a thread of its own, as JCEF's has: {@code ´} and {@code e} would type {@code
 * e}. A page sees the keys that were pressed, and in place of the last one's character what they
 * make.
 *
 * <p><i>Thread:</i> Chromium's UI thread.
 */
final class ComposedKeys implements Typing {
  private final XKeyboard keyboard;
  private final Compose compose;

  /** What the key that was pressed types instead of its own character; empty text for nothing. */
  private Optional<String> instead = Optional.empty();

  /** Characters of ours that are on their way. Guarded by this. */
  private String ours = "";

  private int window = -1;

  ComposedKeys(XKeyboard keyboard, Compose compose) {
    this.keyboard = keyboard;
    this.compose = compose;
  }

  @Override
  public boolean takes(BrowserWindow page, TypedKey key) {
    return switch (key.kind()) {
      case PRESSED -> {
        pressed(page, key);
        yield false;
      }
      case CHARACTER -> typed(page, key);
      case RELEASED -> false;
    };
  }

  private void pressed(BrowserWindow page, TypedKey key) {
    instead = Optional.empty();
    if (!key.isOfKeyboard()
        || key.has(TypedKey.CONTROL | TypedKey.ALT | TypedKey.COMMAND)
        || window != page.id()) {
      compose.reset();
      window = page.id();
    }
    if (!key.isOfKeyboard()) {
      return;
    }
    long keysym = keyboard.keysym(key.code(), keyboard.state(InputMethods.held(key)));
    switch (compose.feed(keysym)) {
      case GOES_ON -> instead = Optional.of("");
      case WHOLE -> {
        if (Compose.isDead(keysym)) {
          // It types nothing that ours could stand for. Later: the page has the key first.
          String text = compose.text();
          EventQueue.invokeLater(() -> type(page, text));
        } else {
          instead = Optional.of(compose.text());
        }
      }
      case NONE, BROKEN -> {}
    }
  }

  private synchronized boolean typed(BrowserWindow page, TypedKey key) {
    if (!ours.isEmpty() && ours.charAt(0) == key.character()) {
      ours = ours.substring(1);
      return false;
    }
    if (instead.isEmpty()) {
      return false;
    }
    String text = instead.get();
    instead = Optional.empty();
    if (!text.isEmpty()) {
      type(page, text);
    }
    return true;
  }

  private synchronized void type(BrowserWindow page, String text) {
    ours += text;
    for (int at = 0; at < text.length(); ) {
      String one = Character.toString(text.codePointAt(at));
      at += one.length();
      try {
        page.protocol()
            .call(
                "Input.dispatchKeyEvent",
                PageProtocol.object()
                    .put("type", "char")
                    .put("text", one)
                    .put("unmodifiedText", one)
                    .put("key", one));
      } catch (EngineException noPage) {
        // It closes: nobody types into it.
        return;
      }
    }
  }
}
