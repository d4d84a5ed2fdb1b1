package dev.dunlin.shell.resources;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The two scripts that a page of the app begins with: {@code socket:internal/preload}, which gives
 * it {@code __args} before any script of its own, and the module {@code socket:internal/init},
 * which gives it {@code process} and the other globals before its first module. Where the page has
 * no script but modules, both wait for the parser and not it for them.
 *
 * <p>A page whose policies name no scripts from {@code socket:} has no use for them and stays as it
 * is, as does one with {@code <meta name="runtime-preload-injection" content="disabled">}. One
 * whose policies allow {@code 'unsafe-eval'} also gets {@code require}, one whose policies name an
 * {@code ipc://bluetooth} source {@code navigator.bluetooth}, an {@code ipc://notification} source
 * the desktop's {@code Notification}.
 */
final class Preload {
  /** Inside a tag: an attribute's value may hold what ends a tag. */
  private static final String ATTRIBUTES = "(?:\\s(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)?>";

  private static final String SPACE = "(?:\\s++|<!--.*?-->)*+";

  /** All that may stand before what a head has in it; what is not there is implied. */
  private static final Pattern START =
      Pattern.compile(
          "(?:\\xef\\xbb\\xbf)?"
              + SPACE
              + "(?:<!doctype[^>]*+>)?"
              + SPACE
              + "(?:<html"
              + ATTRIBUTES
              + ")?"
              + SPACE
              + "(?:<head"
              + ATTRIBUTES
              + ")?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern DISABLED =
      Pattern.compile(
          "<meta\\s[^>]*name\\s*=\\s*[\"']?runtime-preload-injection[\"'\\s][^>]*disabled",
          Pattern.CASE_INSENSITIVE);

  private static final String COMMONJS =
      "<script type=\"module\" src=\"socket:internal/commonjs\"></script>";

  /** What init imports is fetched beside it, not after it. */
  private static final String INIT =
      "<link rel=\"modulepreload\" href=\"socket:internal/core\">"
          + "<link rel=\"modulepreload\" href=\"socket:internal/host\">"
          + "<script type=\"module\" src=\"socket:internal/init\"></script>";

  private static final String BLUETOOTH = "ipc://bluetooth";

  private static final String NAVIGATOR_BLUETOOTH =
      "<script type=\"module\" src=\"socket:internal/bluetooth\"></script>";

  private static final String NOTIFICATIONS = "ipc://notification";

  private static final String OWN_NOTIFICATION =
      "<script type=\"module\" src=\"socket:internal/notification\"></script>";

  /** The parser waits for it. */
  private static final String NOW = "<script src=\"socket:internal/preload\"></script>";

  /** It runs in its turn before the modules, and the parser goes on meanwhile. */
  private static final String DEFERRED = "<script defer src=\"socket:internal/preload\"></script>";

  /** A script that does not wait until the page is parsed, or what may make one. */
  private static final Pattern EARLY =
      Pattern.compile(
          "<script(?!\\s(?:[^<>]*\\s)?type\\s*=\\s*[\"']?module\\b)|<script\\s[^<>]*\\basync\\b"
              + "|<iframe|<object|<embed|<frame|\\son[a-z]+\\s*=",
          Pattern.CASE_INSENSITIVE);

  private Preload() {}

  /**
   * The page with the scripts, or as it is.
   *
   * @param policies every policy it is served with, header and {@code <meta>}
   */
  static byte[] into(byte[] html, List<String> policies) {
    // UTF-16, which has its own zeros between the letters.
    boolean wide = html.length > 1 && (html[0] & html[1]) < -1 && (html[0] ^ html[1]) == 1;
    if (wide
        || !allow(policies, "socket:")
        || policies.stream().noneMatch(policy -> policy.contains("socket:"))) {
      return html;
    }
    String text = new String(html, StandardCharsets.ISO_8859_1);
    Matcher start = START.matcher(text);
    if (!start.lookingAt() || DISABLED.matcher(text).find()) {
      return html;
    }
    boolean early = EARLY.matcher(text).find();
    byte[] scripts =
        ((early ? "" : DEFERRED)
                + (allow(policies, "'unsafe-eval'") ? COMMONJS : "")
                + INIT
                + (name(policies, BLUETOOTH) ? NAVIGATOR_BLUETOOTH : "")
                + (name(policies, NOTIFICATIONS) ? OWN_NOTIFICATION : "")
                + (early ? NOW : ""))
            .getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream page = new ByteArrayOutputStream(html.length + scripts.length);
    page.write(html, 0, start.end());
    page.writeBytes(scripts);
    page.write(html, start.end(), html.length - start.end());
    return page.toByteArray();
  }

  /** Whether a policy names a command of a module, and no other one refuses them all. */
  static boolean name(List<String> policies, String module) {
    List<List<String>> connections =
        policies.stream()
            .flatMap(policy -> Stream.of(policy.split(",")))
            .map(Preload::directives)
            .map(one -> one.getOrDefault("connect-src", one.get("default-src")))
            .filter(Objects::nonNull)
            .toList();
    return connections.stream().anyMatch(sources -> names(sources, module))
        && connections.stream()
            .allMatch(sources -> sources.contains("ipc:") || names(sources, module));
  }

  private static boolean names(List<String> sources, String module) {
    return sources.stream()
        .anyMatch(source -> source.equals(module) || source.startsWith(module + "/"));
  }

  private static Map<String, List<String>> directives(String policy) {
    Map<String, List<String>> directives = new HashMap<>();
    for (String directive : policy.toLowerCase(Locale.ROOT).split(";")) {
      List<String> words = Arrays.asList(directive.strip().split("\\s+"));
      directives.putIfAbsent(words.get(0), words.subList(1, words.size()));
    }
    return directives;
  }

  private static boolean allow(List<String> policies, String source) {
    return policies.stream().allMatch(policy -> allows(policy, source));
  }

  /** Whether what a policy says of scripts has a source; no word about scripts allows all. */
  static boolean allows(String policy, String source) {
    for (String one : policy.split(",")) {
      Map<String, List<String>> directives = directives(one);
      if (directives.containsKey("sandbox")) {
        return false;
      }
      for (String name : List.of("script-src-elem", "script-src", "default-src")) {
        List<String> sources = directives.get(name);
        if (sources != null) {
          if (!sources.contains(source) || sources.contains("'strict-dynamic'")) {
            return false;
          }
          break;
        }
      }
    }
    return true;
  }
}
