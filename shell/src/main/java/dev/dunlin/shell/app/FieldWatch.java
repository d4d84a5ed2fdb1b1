package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.PageProtocol;
import dev.dunlin.shell.engine.Scale;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.swing.Timer;

/**
 * Which field a person types into, as an input method must know: where it is, and whether it takes
 * a password, which is nobody's to compose. Told by a script in a world of its own; of frames it
 * sees those of the page's origin.
 *
 * <p><i>Thread:</i> any.
 */
final class FieldWatch {
  /** How long the page may be silent until it is asked anew, below the protocol's patience. */
  private static final int SILENCE_MS = 40_000;

  /** How long after a failure the page is asked anew: it was busy, or is about to go. */
  private static final int RETRY_MS = 1_000;

  /**
   * Makes {@code dunlinNext(known)}, which tells {@code [number, kind x y left top width height]},
   * where the window is in CSS pixels and the field's place in it in the screen's, as soon as the
   * number is another one than that which is known: where the keys go from now on, or that the
   * mouse was pressed in it. {@code field} is what is known to be none of a password; and from what
   * may move the keys on until it has, it is none.
   */
  private static final String SCRIPT =
      """
      (() => {
        if (globalThis.dunlinNext) return
        let [told, news, answer] = [0, 'none', () => {}]
        const say = text => {
          news = text
          told++
          answer()
        }
        globalThis.dunlinNext = known => new Promise(resolve => {
          answer()
          const mine = answer = () => resolve([told, news])
          if (told !== known) mine()
          else setTimeout(mine, SILENCE)
        })
        const watched = new WeakSet()
        const place = (at, view) => {
          let box = at.getBoundingClientRect()
          const chosen = at.isContentEditable && view.getSelection()
          if (chosen && chosen.rangeCount) {
            const caret = chosen.getRangeAt(0).getClientRects()[0]
            if (caret) box = caret
          }
          let [left, top] = [box.left, box.top]
          for (let frame = view.frameElement; frame; frame = frame.ownerDocument.defaultView.frameElement) {
            const outer = frame.getBoundingClientRect()
            left += outer.left
            top += outer.top
          }
          // Of a page that is zoomed it has the zoom in it, of which the window's place knows nothing.
          const scale = view.devicePixelRatio
          return [screenX, screenY, ...[left, top, box.width, box.height].map(n => n * scale)].map(Math.round).join(' ')
        }
        const composed = ['text', 'search', 'url', 'tel', 'email', 'number']
        const isField = (at, view) => {
          if (at?.localName === 'textarea') return true
          if (at?.localName === 'input') return composed.includes(at.type)
          if (!at?.isContentEditable) return false
          // The keys may be in a closed tree below it: the caret is not in it then.
          const root = at.getRootNode()
          const caret = (root.getSelection ? root : view).getSelection()?.anchorNode
          return at.contains(caret)
        }
        const tell = () => {
          let at = document.activeElement
          let view = globalThis
          for (;;) {
            if (at?.localName === 'iframe') {
              const inner = at.contentDocument
              if (!inner) return say('none')
              watch(inner)
              view = inner.defaultView
              at = inner.activeElement
            } else if (at?.shadowRoot?.activeElement) {
              watch(at.shadowRoot)
              at = at.shadowRoot.activeElement
            } else break
          }
          say(isField(at, view) ? 'field ' + place(at, view) : 'none')
        }
        const moves = () => {
          say('none')
          // The keys, and the caret, are where they go by then.
          setTimeout(tell)
        }
        const watch = root => {
          if (watched.has(root)) return
          watched.add(root)
          for (const type of ['focusin', 'focusout', 'pointerdown']) root.addEventListener(type, moves, true)
          root.addEventListener('load', event => event.target.matches?.(':focus') && moves(), true)
          new MutationObserver(all => all.some(one => one.target.matches(':focus')) && moves())
            .observe(root, {subtree: true, attributeFilter: ['type', 'contenteditable']})
          root.defaultView?.addEventListener('pagehide', () => say('none'))
        }
        watch(document)
        addEventListener('focus', moves)
        addEventListener('blur', moves)
        tell()
      })()
      """
          .replace("SILENCE", String.valueOf(SILENCE_MS));

  /** What the script tells of a field. */
  private static final int WORDS = 7;

  private static final Field NONE = new Field(false, 0, 0, 0, 0);

  private final BiConsumer<Integer, Field> told;
  private final Consumer<Runnable> later;

  /** How often a window was asked: what an older question is answered is dropped. */
  private final Map<Integer, Integer> questions = new HashMap<>();

  /**
   * In pixels of the screen.
   *
   * @param composed whether an input method may have what is typed
   */
  record Field(boolean composed, int x, int y, int width, int height) {}

  /**
   * Who is asked.
   *
   * @param scale of the window, whatever the zoom of its page
   * @param script runs one
   */
  record Asked(int window, Scale scale, Function<String, Future<JsonNode>> script) {}

  /**
   * @param told hears the number of the window
   */
  FieldWatch(BiConsumer<Integer, Field> told) {
    this(told, FieldWatch::afterAWhile);
  }

  /**
   * @param later runs it after a while
   */
  FieldWatch(BiConsumer<Integer, Field> told, Consumer<Runnable> later) {
    this.told = told;
    this.later = later;
  }

  private static void afterAWhile(Runnable action) {
    Timer timer = new Timer(RETRY_MS, over -> action.run());
    timer.setRepeats(false);
    timer.start();
  }

  /**
   * The window shows another document, or the keys may have moved: what was told until now, or is
   * on its way, is no longer true.
   */
  void begin(BrowserWindow window) {
    try {
      PageProtocol page = window.protocol();
      if (begin(new Asked(window.id(), window.scale(), page::evaluate))) {
        window.closed().onComplete(gone -> forget(window.id()));
      }
    } catch (EngineException noPage) {
      // It closes: nobody types into it.
      forget(window.id());
    }
  }

  /** Whether it is the window's first question. */
  synchronized boolean begin(Asked page) {
    int question = questions.merge(page.window(), 1, Integer::sum);
    page.script()
        .apply(SCRIPT)
        .onSuccess(made -> next(page, question, 0))
        .onFailure(fault -> failed(page, question));
    return question == 1;
  }

  private synchronized void forget(int window) {
    questions.remove(window);
  }

  private boolean isCurrent(Asked page, int question) {
    return questions.getOrDefault(page.window(), 0) == question;
  }

  private void next(Asked page, int question, int known) {
    page.script()
        .apply("dunlinNext(" + known + ")")
        .onSuccess(
            said -> {
              int number = said.path(0).asInt();
              synchronized (this) {
                if (!isCurrent(page, question)) {
                  return;
                }
                if (number != known) {
                  told.accept(page.window(), read(said.path(1).asText(), page.scale()));
                }
              }
              next(page, question, number);
            })
        .onFailure(fault -> failed(page, question));
  }

  /** The page was busy for long, or its document goes. */
  private synchronized void failed(Asked page, int question) {
    if (isCurrent(page, question)) {
      told.accept(page.window(), NONE);
      later.accept(() -> again(page, question));
    }
  }

  private synchronized void again(Asked page, int question) {
    if (isCurrent(page, question)) {
      begin(page);
    }
  }

  /** What a page says is checked: anything else is a field that nobody composes in. */
  static Field read(String payload, Scale scale) {
    String[] words = payload.split(" ");
    if (words.length != WORDS || !words[0].equals("field")) {
      return NONE;
    }
    try {
      return new Field(
          true,
          scale.toScreen(Integer.parseInt(words[1])) + Integer.parseInt(words[3]),
          scale.toScreen(Integer.parseInt(words[2])) + Integer.parseInt(words[4]),
          Integer.parseInt(words[5]),
          Integer.parseInt(words[6]));
    } catch (NumberFormatException e) {
      return NONE;
    }
  }
}
