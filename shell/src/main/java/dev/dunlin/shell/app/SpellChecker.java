package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.spelling.Dictionaries;
import dev.dunlin.shell.spelling.Language;
import dev.dunlin.shell.spelling.SpellingException;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Chromium's spelling checker: gives it dictionaries, and tells it which to use. Without one it is
 * off, and Chromium looks for none at its servers.
 *
 * <p><i>Thread:</i> any.
 */
final class SpellChecker {
  private static final String LACKING = "Some languages have no dictionary that can be used.";
  private static final String CURE =
      "session.spellChecker() names them. Install hunspell's dictionaries, or ship them with the"
          + " app ([spellcheck] dictionaries).";

  /** Elsewhere Chromium asks the system's checker, which has dictionaries of its own. */
  private static final boolean OWN = Os.here() == Os.LINUX;

  private static final String DICTIONARIES = "spellcheck.dictionaries";
  private static final String ENABLED = "browser.enable_spellchecking";

  /** Chromium's preferences. */
  interface Preferences {
    Future<Void> set(String name, String json);
  }

  /**
   * What Chromium was told.
   *
   * @param used languages that it has a dictionary for, or would have if it were on
   */
  private record Told(boolean enabled, List<Language> wanted, List<Language> used) {
    List<Language> missing() {
      return wanted.stream().filter(language -> !used.contains(language)).toList();
    }
  }

  private final Dictionaries dictionaries;
  private final Path profile;
  private final Preferences preferences;
  private final PageServices.Blocking blocking;
  private final Consumer<String> say;

  /** Chromium has not looked at a file that is another than before. */
  private final AtomicBoolean anew = new AtomicBoolean();

  private volatile boolean ended;

  // Guarded by this.
  private boolean enabled;
  private List<Language> languages;
  private Optional<Told> told = Optional.empty();
  private boolean begun;
  private Future<Void> last = Future.succeededFuture();

  /**
   * @param enabled whether it is on at first
   * @param languages of the app, or of the person; those that there is no room for are left out
   * @param profile folder of Chromium's
   */
  SpellChecker(
      boolean enabled,
      List<Language> languages,
      Dictionaries dictionaries,
      Path profile,
      Preferences preferences,
      PageServices.Blocking blocking,
      Consumer<String> say) {
    this.enabled = enabled;
    this.languages = Language.oneForEachFile(languages).stream().limit(Language.AT_ONCE).toList();
    this.dictionaries = dictionaries;
    this.profile = profile;
    this.preferences = preferences;
    this.blocking = blocking;
    this.say = say;
  }

  /** What it is told at first, once; what goes wrong is said on the console. */
  synchronized Future<Void> begin() {
    if (!begun) {
      begun = true;
      change(Optional.empty(), Optional.empty())
          .onFailure(fault -> tell("there is no spelling checker: " + fault.getMessage()));
    }
    return last.otherwiseEmpty();
  }

  /** The app closes: what is not done by now is of no use, and nobody is told of it. */
  void end() {
    ended = true;
  }

  private void tell(String words) {
    if (!ended) {
      say.accept(words);
    }
  }

  /**
   * Changes what is given, until the app ends.
   *
   * <p><i>Fails with:</i> {@code ERR_NO_DICTIONARY} when there is none for a language that was
   * asked for, {@code ERR_BAD_DICTIONARY} when there is one that can't be used; then nothing
   * changes
   */
  synchronized Future<Void> change(Optional<Boolean> on, Optional<List<Language>> wanted) {
    last = last.otherwiseEmpty().compose(before -> apply(on, wanted));
    return last;
  }

  private Future<Void> apply(Optional<Boolean> on, Optional<List<Language>> asked) {
    boolean enable;
    List<Language> wanted;
    synchronized (this) {
      enable = on.orElse(enabled);
      wanted = asked.orElse(languages);
    }
    return used(enable, wanted, asked.isPresent())
        .compose(used -> tellChromium(enable, used).map(new Told(enable, wanted, used)))
        .map(
            now -> {
              synchronized (this) {
                enabled = enable;
                languages = wanted;
                told = Optional.of(now);
              }
              return null;
            });
  }

  /**
   * Gives Chromium the dictionaries.
   *
   * @param all whether one that there is none of is a fault
   */
  private Future<List<Language>> used(boolean enable, List<Language> wanted, boolean all) {
    if (!OWN) {
      return Future.succeededFuture(wanted);
    }
    return blocking.run(
        () -> {
          List<Language> there = there(wanted);
          if (all && there.size() < wanted.size()) {
            throw lacking(wanted.stream().filter(one -> !there.contains(one)).toList());
          }
          if (!all && !enable) {
            // Making them takes a while, and nobody may ever turn it on.
            return there;
          }
          List<Language> used = there.stream().filter(this::give).toList();
          if (all && used.size() < wanted.size()) {
            throw unusable(wanted.stream().filter(one -> !used.contains(one)).toList());
          }
          return used;
        });
  }

  private boolean give(Language language) {
    try {
      if (dictionaries.give(language, profile)) {
        anew.set(true);
      }
      return true;
    } catch (IOException | SpellingException e) {
      tell("the dictionary for " + language + " can't be used: " + e.getMessage());
      return false;
    }
  }

  private Future<Void> tellChromium(boolean enable, List<Language> used) {
    if (!OWN) {
      return preferences.set(ENABLED, String.valueOf(enable));
    }
    List<Language> now = enable ? used : List.of();
    // Told the same list, Chromium does not look at the files again.
    Future<Void> forgotten =
        anew.get() ? preferences.set(DICTIONARIES, "[]") : Future.succeededFuture();
    return forgotten
        .compose(done -> preferences.set(DICTIONARIES, json(now)))
        .compose(
            done -> {
              anew.set(false);
              return preferences.set(ENABLED, String.valueOf(!now.isEmpty()));
            });
  }

  private static String json(List<Language> languages) {
    // Their names have letters, digits and dashes only.
    return languages.stream()
        .map(language -> "\"" + language + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** What a page is told, when all that was asked for is done. */
  Future<Map<String, Object>> told() {
    return begin()
        .compose(
            done ->
                blocking.run(
                    () -> {
                      Told now = now();
                      Map<String, Object> answer = new LinkedHashMap<>();
                      answer.put("enabled", now.enabled);
                      answer.put("languages", tags(now.used));
                      answer.put("missing", tags(now.missing()));
                      answer.put("available", dictionaries.languages());
                      answer.put("packages", OWN ? packages(now.missing()) : List.of());
                      return answer;
                    }));
  }

  /**
   * The line of {@code application.capabilities()}. Every document may see it, so it names no
   * language: which ones a person reads is for those who may call {@code session.spellChecker}.
   */
  Future<Map<String, Object>> capability() {
    Future<Void> before;
    synchronized (this) {
      before = last;
    }
    return before
        .otherwiseEmpty()
        .compose(
            done ->
                blocking.run(
                    () -> {
                      Told now = now();
                      boolean whole = now.missing().isEmpty() && !now.used.isEmpty();
                      Map<String, Object> line = new LinkedHashMap<>();
                      line.put("available", !now.used.isEmpty());
                      line.put("reason", whole ? "" : "no-dictionary");
                      line.put("message", whole ? "" : LACKING);
                      line.put("cure", whole ? "" : CURE);
                      return line;
                    }));
  }

  /** What Chromium was told; before that, what it is likely to be told. */
  private Told now() {
    boolean enable;
    List<Language> wanted;
    synchronized (this) {
      if (told.isPresent()) {
        return told.get();
      }
      enable = enabled;
      wanted = languages;
      if (begun && last.failed()) {
        return new Told(enable, wanted, List.of());
      }
    }
    return new Told(enable, wanted, there(wanted));
  }

  private List<Language> there(List<Language> wanted) {
    return wanted.stream().filter(language -> !OWN || dictionaries.isThere(language)).toList();
  }

  private static BridgeError lacking(List<Language> missing) {
    return new BridgeError(
        "NotFoundError",
        "ERR_NO_DICTIONARY",
        "There is no dictionary for "
            + String.join(", ", tags(missing))
            + ". To have one: Install hunspell's (Debian: apt-get install "
            + String.join(" ", packages(missing))
            + "), or ship one with the app ([spellcheck] dictionaries).");
  }

  private static BridgeError unusable(List<Language> unusable) {
    return new BridgeError(
        "NotSupportedError",
        "ERR_BAD_DICTIONARY",
        "The dictionary for "
            + String.join(", ", tags(unusable))
            + " can't be used: the app's console says why. Ship another with the app ([spellcheck]"
            + " dictionaries), or make room on the disk.");
  }

  private static List<String> packages(List<Language> missing) {
    return missing.stream().map(Language::debianPackage).distinct().toList();
  }

  private static List<String> tags(List<Language> languages) {
    return languages.stream().map(Language::tag).toList();
  }

  /**
   * A call's list of languages, without those that share an earlier one's dictionary.
   *
   * <p><i>Fails with:</i> {@code ERR_INVALID_CALL} unless it is a list of one to eight languages
   */
  static List<Language> languagesOf(JsonNode list) {
    if (!list.isArray() || list.isEmpty() || list.size() > Language.AT_ONCE) {
      throw wrongList();
    }
    List<Language> languages = new ArrayList<>();
    for (JsonNode name : list) {
      if (!name.isTextual()) {
        throw wrongList();
      }
      languages.add(Language.named(name.textValue()).orElseThrow(SpellChecker::wrongList));
    }
    return Language.oneForEachFile(languages);
  }

  private static BridgeError wrongList() {
    return PageServices.invalid(
        "languages is a list of one to "
            + Language.AT_ONCE
            + " languages, such as ['de', 'en-US']; enabled: false turns the spelling checker off");
  }
}
