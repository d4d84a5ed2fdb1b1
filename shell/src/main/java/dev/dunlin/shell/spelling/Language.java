package dev.dunlin.shell.spelling;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A language, as Chromium and the web write it: {@code de}, {@code en-US}.
 *
 * @param tag a part of BCP 47: a language, and perhaps a script or region, no more
 */
public record Language(String tag) {
  /** Longest name of a language, in UTF-16 units. Over: it is none. */
  public static final int LENGTH = 16;

  /**
   * Most languages that are looked up at once: Chromium looks each word up in all. Over: a call
   * gets {@code ERR_INVALID_CALL}; of {@code socket.ini}, the rest is left out with a warning.
   */
  public static final int AT_ONCE = 8;

  private static final Pattern TAG =
      Pattern.compile("([A-Za-z]{2,3})([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|[0-9]{3}))?");

  /**
   * The region that Chromium takes for a language (components/spellcheck/common), which its file is
   * named by.
   */
  private static final Map<String, String> REGIONS = regions();

  /** Behind the region in the name of Chromium's file; all others are of version 3-0. */
  private static final Map<String, String> VERSIONS =
      Map.ofEntries(
          Map.entry("tr-TR", "4-0"),
          Map.entry("tg-TG", "5-0"),
          Map.entry("cy-GB", "1-0"),
          Map.entry("hy", "1-0"),
          Map.entry("sh", "4-0"),
          Map.entry("sr", "4-0"),
          Map.entry("fa-IR", "9-0"),
          Map.entry("en-AU", "10-1"),
          Map.entry("en-CA", "10-1"),
          Map.entry("en-GB", "10-1"),
          Map.entry("en-US", "10-1"),
          Map.entry("uk-UA", "5-0"));

  private static Map<String, String> regions() {
    Map<String, String> regions = new HashMap<>();
    String pairs =
        "af-ZA bg-BG ca-ES cs-CZ cy-GB da-DK de-DE el-GR en-US es-ES et-EE fa-IR fo-FO fr-FR he-IL"
            + " hi-IN hr-HR hu-HU id-ID it-IT lt-LT lv-LV nb-NO nl-NL pl-PL pt-BR ro-RO ru-RU sk-SK"
            + " sl-SI sv-SE ta-IN tg-TG tr-TR uk-UA vi-VN";
    for (String pair : pairs.split(" ")) {
      regions.put(pair.substring(0, 2), pair);
    }
    for (String spanish : List.of("es-419", "es-AR", "es-MX", "es-US")) {
      regions.put(spanish, "es-ES");
    }
    return Map.copyOf(regions);
  }

  /** The language of this name, with {@code -} or {@code _}, or none. */
  public static Optional<Language> named(String name) {
    Matcher parts = TAG.matcher(name);
    if (name.length() > LENGTH || !parts.matches()) {
      return Optional.empty();
    }
    StringBuilder tag = new StringBuilder(parts.group(1).toLowerCase(Locale.ROOT));
    if (parts.group(2) != null) {
      String script = parts.group(2).substring(1).toLowerCase(Locale.ROOT);
      tag.append('-').append(Character.toUpperCase(script.charAt(0))).append(script.substring(1));
    }
    if (parts.group(4) != null) {
      tag.append('-').append(parts.group(4).toUpperCase(Locale.ROOT));
    }
    return Optional.of(new Language(tag.toString()));
  }

  /**
   * What the person reads, by the variables of POSIX and GNU: {@code LANGUAGE} unless the locale is
   * C, else the first of {@code LC_ALL}, {@code LC_MESSAGES}, {@code LANG}. Without one, American
   * English, as programs without a translation are written.
   */
  public static List<Language> ofPerson(Map<String, String> environment) {
    String locale = "";
    for (String name : List.of("LC_ALL", "LC_MESSAGES", "LANG")) {
      if (locale.isEmpty()) {
        locale = environment.getOrDefault(name, "");
      }
    }
    Set<Language> languages = new LinkedHashSet<>();
    List<String> names = new ArrayList<>();
    if (ofLocale(locale).isPresent()) {
      names.addAll(List.of(environment.getOrDefault("LANGUAGE", "").split(":")));
    }
    names.add(locale);
    names.forEach(name -> ofLocale(name).ifPresent(languages::add));
    // "en" beside "en_GB": the same wish, said less well.
    languages.removeIf(
        one -> languages.stream().anyMatch(other -> other.tag.startsWith(one.tag + "-")));
    return languages.isEmpty() ? List.of(new Language("en-US")) : List.copyOf(languages);
  }

  /** Of {@code de_AT.UTF-8@euro}; none of {@code C} and {@code POSIX}. */
  private static Optional<Language> ofLocale(String locale) {
    return named(locale.replaceFirst("[.@].*", ""));
  }

  /** Names of a dictionary that will do, without their endings, the best first. */
  List<String> names() {
    Set<String> names = new LinkedHashSet<>();
    names.add(tag.replace('-', '_'));
    names.add(tag);
    if (REGIONS.containsKey(tag) || !isOfItsOwn()) {
      names.add(base());
      region().ifPresent(region -> names.add(region.replace('-', '_')));
      region().ifPresent(names::add);
    }
    return List.copyOf(names);
  }

  /** Whether another region's dictionary would mark what is right in this one. */
  private boolean isOfItsOwn() {
    return VERSIONS.containsKey(tag) || tag.equals("pt-PT");
  }

  private Optional<String> region() {
    return Optional.ofNullable(REGIONS.getOrDefault(tag, REGIONS.get(base())));
  }

  /** The language alone. */
  String base() {
    return tag.replaceFirst("-.*", "");
  }

  /** The package of Debian's that has one; named by region where there are several. */
  public String debianPackage() {
    String name =
        switch (base()) {
          case "de", "en", "pt" -> tag.contains("-") ? tag : region().orElse(tag);
          case "nb", "nn" -> "no";
          default -> base();
        };
    return "hunspell-" + name.toLowerCase(Locale.ROOT);
  }

  /**
   * Without those that Chromium has the file of an earlier one for ({@code de-DE} after {@code
   * de}): there is room for one dictionary only.
   */
  public static List<Language> oneForEachFile(Collection<Language> languages) {
    Map<String, Language> byFile = new LinkedHashMap<>();
    languages.forEach(language -> byFile.putIfAbsent(language.file(), language));
    return List.copyOf(byFile.values());
  }

  /** Name of the file that Chromium looks for. */
  String file() {
    String region = REGIONS.getOrDefault(tag, tag);
    return region + "-" + VERSIONS.getOrDefault(region, "3-0") + ".bdic";
  }

  @Override
  public String toString() {
    return tag;
  }
}
