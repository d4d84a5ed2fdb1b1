package dev.dunlin.shell.host;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What keys typed one after the other become: dead keys and the Compose key, by the table that X11
 * has for the person's locale ({@code ~/.XCompose} included). Of libxkbcommon, which Chromium needs
 * itself.
 *
 * <p><i>Thread:</i> one at a time. Reads the table when it is first needed: some milliseconds.
 */
public final class Compose {
  /** Whose table is the largest, for a locale that has none, such as {@code C}. */
  private static final String DEFAULT_LOCALE = "en_US.UTF-8";

  /** Of keymaps, which are not read here: without them it would be no context. */
  private static final int NO_DEFAULT_INCLUDES = 1;

  private static final long MULTI_KEY = 0xff20;
  private static final long FIRST_DEAD = 0xfe50;
  private static final long LAST_DEAD = 0xfe9f;

  private static final int COMPOSING = 1;
  private static final int COMPOSED = 2;
  private static final int CANCELLED = 3;

  /** The longest of a sequence; X11's tables have a few characters. Over: the rest is cut off. */
  private static final int TEXT_BYTES = 256;

  /** Public because JNA makes a proxy of it. */
  public interface Xkb extends Library {
    Pointer xkb_context_new(int flags);

    Pointer xkb_compose_table_new_from_locale(Pointer context, String locale, int flags);

    Pointer xkb_compose_state_new(Pointer table, int flags);

    int xkb_compose_state_feed(Pointer state, int keysym);

    int xkb_compose_state_get_status(Pointer state);

    int xkb_compose_state_get_utf8(Pointer state, Memory text, long bytes);

    void xkb_compose_state_reset(Pointer state);
  }

  /** What a key has become. */
  public enum Step {
    /** It belongs to no sequence. */
    NONE,
    /** It begins a sequence or goes on with it. */
    GOES_ON,
    /** The sequence is whole: {@link Compose#text}. */
    WHOLE,
    /** There is no such sequence: what came before is lost. */
    BROKEN
  }

  private final List<String> locales;
  private Xkb xkb;
  private Pointer state;
  private boolean unusable;
  private boolean composing;
  private String text = "";

  /**
   * @param environment where the person's locale stands, as the C library looks for it
   */
  public Compose(Map<String, String> environment) {
    locales =
        Stream.concat(
                Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                    .map(name -> environment.getOrDefault(name, ""))
                    .filter(value -> !value.isEmpty())
                    .limit(1)
                    // Its table knows a few sequences alone.
                    .filter(value -> !value.equals("C") && !value.equals("POSIX")),
                Stream.of(DEFAULT_LOCALE))
            .toList();
  }

  /** Whether a keysym makes no text by itself. */
  public static boolean isDead(long keysym) {
    return keysym == MULTI_KEY || keysym >= FIRST_DEAD && keysym <= LAST_DEAD;
  }

  /** The next key. */
  public Step feed(long keysym) {
    if (keysym == 0 || !composing && !isDead(keysym) || !isReady()) {
      return Step.NONE;
    }
    if (xkb.xkb_compose_state_feed(state, (int) keysym) == 0) {
      // A modifier.
      return Step.NONE;
    }
    int status = xkb.xkb_compose_state_get_status(state);
    composing = status == COMPOSING;
    switch (status) {
      case COMPOSING:
        return Step.GOES_ON;
      case COMPOSED:
        Memory bytes = new Memory(TEXT_BYTES);
        xkb.xkb_compose_state_get_utf8(state, bytes, TEXT_BYTES);
        text = bytes.getString(0, StandardCharsets.UTF_8.name());
        xkb.xkb_compose_state_reset(state);
        return Step.WHOLE;
      case CANCELLED:
        xkb.xkb_compose_state_reset(state);
        return Step.BROKEN;
      default:
        return Step.NONE;
    }
  }

  /** The text of the last sequence that was whole. */
  public String text() {
    return text;
  }

  /** Forgets what has begun. */
  public void reset() {
    if (composing) {
      composing = false;
      xkb.xkb_compose_state_reset(state);
    }
  }

  private boolean isReady() {
    if (state == null && !unusable) {
      Optional<Pointer> table = table();
      unusable = table.isEmpty();
      table.ifPresent(found -> state = xkb.xkb_compose_state_new(found, 0));
    }
    return state != null;
  }

  private Optional<Pointer> table() {
    try {
      // As it is named where nobody develops: the plain name belongs to the headers' package.
      xkb = Native.load("libxkbcommon.so.0", Xkb.class);
    } catch (UnsatisfiedLinkError e) {
      System.getLogger(Compose.class.getName())
          .log(System.Logger.Level.WARNING, "dead keys: " + e.getMessage());
      return Optional.empty();
    }
    Pointer context = xkb.xkb_context_new(NO_DEFAULT_INCLUDES);
    if (context == null) {
      return Optional.empty();
    }
    return locales.stream()
        .map(locale -> xkb.xkb_compose_table_new_from_locale(context, locale, 0))
        .filter(table -> table != null)
        .findFirst();
  }
}
