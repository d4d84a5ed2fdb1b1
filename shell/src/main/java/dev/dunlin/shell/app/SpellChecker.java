package dev.dunlin.shell.app;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Chromium's spelling checker: gives it dictionaries, and tells it which to use. Without one it is
 * off, and Chromium looks for none at its servers.
 *
 * <p><i>Thread:</i> any.
 */
final class SpellChecker {
  /** Most languages at once: Chromium looks each word up in all. Over: {@code ERR_INVALID_CALL}. */
  static final int LANGUAGES = 8;

  /** Elsewhere Chromium asks the system's checker, which has dictionaries of its own. */
  private static final boolean OWN = Os.here() == Os.LINUX;

  private static final String DICTIONARIES = "spellcheck.dictionaries";
  private static final String ENABLED = "browser.enable_spellchecking";

  /** Chromium's preferences. */
  interface Preferences {
    Future<Void> set(String name, String json);
  }

  private final Dictionaries dictionaries;
  private final Path profile;
  private final Preferences preferences;
  private final PageServices.Blocking blocking;
  private final Consumer<String> say;

  // Guarded by this.
  private boolean enabled;
  private List<Language> languages;
  private boolean begun;
  private Future<Void> last = Future.succeededFuture();

  /**
   * @param enabled whether it is on at first
   * @param languages of the app, or of the person
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
    this.languages =
        languages.size() > LANGUAGES ? languages.subList(0, LANGUAGES) : List.copyOf(languages);
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
          .onFailure(fault -> say.accept("there is no spelling checker: " + fault.getMessage()));
    }
    return last.otherwiseEmpty();
  }

  /**
   * Changes what is given, until the app ends.
   *
   * <p><i>Fails with:</i> {@code ERR_NO_DICTIONARY} when there is none for a language that was
   * asked for; then nothing changes
   */
  synchronized Future<Void> change(Optional<Boolean> on, Optional<List<Language>> wanted) {
    last =
        last.otherwiseEmpty()
            .compose(
                before ->
                    wanted.isPresent() ? requireThere(wanted.get()) : Future.succeededFuture())
            .compose(
                there -> {
                  synchronized (this) {
                    enabled = on.orElse(enabled);
                    languages = wanted.orElse(languages);
                    return apply(enabled, languages);
                  }
                });
    return last;
  }

  private Future<Void> requireThere(List<Language> wanted) {
    if (!OWN) {
      return Future.succeededFuture();
    }
    return blocking.run(
        () -> {
          List<Language> missing = missing(wanted);
          if (!missing.isEmpty()) {
            throw new BridgeError(
                "NotFoundError",
                "ERR_NO_DICTIONARY",
                lacking(missing) + " To have one: " + cure(missing));
          }
          return null;
        });
  }

  private Future<Void> apply(boolean on, List<Language> wanted) {
    if (!OWN) {
      return preferences.set(ENABLED, String.valueOf(on));
    }
    return blocking
        .run(() -> on ? give(wanted) : new Given(List.of(), false))
        .compose(
            given -> {
              // Told the same list, Chromium does not look at the files again.
              Future<Void> forgotten =
                  given.anew ? preferences.set(DICTIONARIES, "[]") : Future.succeededFuture();
              return forgotten
                  .compose(done -> preferences.set(DICTIONARIES, json(given.languages)))
                  .compose(
                      done -> preferences.set(ENABLED, String.valueOf(!given.languages.isEmpty())));
            });
  }

  /** What Chromium has: languages, and whether a file of theirs is another than before. */
  private record Given(List<Language> languages, boolean anew) {}

  private Given give(List<Language> wanted) {
    List<Language> given = new ArrayList<>();
    boolean anew = false;
    for (Language language : wanted) {
      if (!dictionaries.isThere(language)) {
        continue;
      }
      try {
        anew |= dictionaries.give(language, profile);
        given.add(language);
      } catch (IOException | SpellingException e) {
        say.accept("the dictionary for " + language + " can't be used: " + e.getMessage());
      }
    }
    return new Given(given, anew);
  }

  private static String json(List<Language> languages) {
    // Their names have letters, digits and dashes only.
    return languages.stream()
        .map(language -> "\"" + language + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** What a page is told, when all that was asked for is done. */
  Future<Map<String, Object>> told() {
    return begin().compose(done -> toldNow());
  }

  private Future<Map<String, Object>> toldNow() {
    boolean on;
    List<Language> wanted;
    synchronized (this) {
      on = enabled;
      wanted = languages;
    }
    return blocking.run(
        () -> {
          List<Language> missing = missing(wanted);
          Map<String, Object> told = new LinkedHashMap<>();
          told.put("enabled", on);
          told.put(
              "languages", tags(wanted.stream().filter(one -> !missing.contains(one)).toList()));
          told.put("missing", tags(missing));
          told.put("available", dictionaries.languages());
          return told;
        });
  }

  /** The line of {@code application.capabilities()}. */
  Future<Map<String, Object>> capability() {
    List<Language> wanted;
    synchronized (this) {
      wanted = languages;
    }
    return blocking.run(
        () -> {
          List<Language> missing = missing(wanted);
          boolean some = !OWN || missing.size() < wanted.size();
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("available", some);
          line.put("reason", missing.isEmpty() ? "" : "no-dictionary");
          line.put("message", missing.isEmpty() ? "" : lacking(missing));
          line.put("cure", missing.isEmpty() ? "" : cure(missing));
          return line;
        });
  }

  private List<Language> missing(List<Language> wanted) {
    return wanted.stream().filter(language -> OWN && !dictionaries.isThere(language)).toList();
  }

  private static String lacking(List<Language> missing) {
    return "There is no dictionary for " + String.join(", ", tags(missing)) + ".";
  }

  private static String cure(List<Language> missing) {
    Set<String> packages = new LinkedHashSet<>();
    for (Language language : missing) {
      packages.add(language.debianPackage());
    }
    return "Install hunspell's (Debian: apt-get install "
        + String.join(" ", packages)
        + "), or ship one with the app ([spellcheck] dictionaries).";
  }

  private static List<String> tags(List<Language> languages) {
    return languages.stream().map(Language::tag).toList();
  }

  /** A call's list of languages. */
  static List<Language> languagesOf(List<String> names) {
    if (names.size() > LANGUAGES) {
      throw PageServices.invalid("languages has at most " + LANGUAGES);
    }
    Set<Language> languages = new LinkedHashSet<>();
    for (String name : names) {
      languages.add(
          Language.named(name)
              .orElseThrow(
                  () -> PageServices.invalid("languages is a list such as ['de', 'en-US']")));
    }
    return List.copyOf(languages);
  }
}
