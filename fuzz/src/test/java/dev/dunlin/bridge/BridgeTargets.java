package dev.dunlin.bridge;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.fuzz.Target;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What pages send, and what decides about it. */
public final class BridgeTargets {
  private static final Pattern ENCODED = Pattern.compile("%[0-9A-F]{2}");
  private static final Pattern CANONICAL =
      Pattern.compile("ipc://[a-z0-9-]+/[A-Za-z0-9\\-._~!$&()*+=:@/]*");
  private static final Pattern STRAY = Pattern.compile("%(?![0-9A-Fa-f]{2})");
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS);
  private static final PolicyHeader HEADER =
      new PolicyHeader(
          Map.of("HOME", List.of(Path.of("/home/u")), "TMP", List.of(Path.of("/tmp"))));

  private BridgeTargets() {}

  public static List<Target> all() {
    return List.of(
        Target.ofText("command-url", Limits.URL_LENGTH + 16, BridgeTargets::commandUrl),
        Target.ofText("csp", 64 << 10, BridgeTargets::policy),
        Target.ofText("csp-header", 64 << 10, BridgeTargets::header),
        Target.ofText("envelope", 256 << 10, BridgeTargets::envelope),
        Target.ofText("json", 256 << 10, BridgeTargets::json));
  }

  private static Optional<CommandUrl> url(String text) {
    try {
      return Optional.of(CommandUrl.parse(text));
    } catch (BridgeError refused) {
      requireSame("ERR_INVALID_CALL", refused.code(), "a URL is refused in one way");
      return Optional.empty();
    }
  }

  /** Refused by name, or canonical and what a second reading of it says. */
  private static void commandUrl(String text) {
    Optional<CommandUrl> read = url(text);
    if (read.isEmpty()) {
      return;
    }
    CommandUrl url = read.get();
    require(!STRAY.matcher(text).find(), "a stray percent sign has no single meaning");
    require(
        CANONICAL.matcher(ENCODED.matcher(url.toString()).replaceAll("")).matches(),
        "not canonical: " + url);
    // What is escaped in its text takes more room there: that of a long one is none.
    if (url.toString().length() <= Limits.URL_LENGTH) {
      requireSame(url, CommandUrl.parse(url.toString()), "its text means the same");
      requireSame(url.toString(), CommandUrl.parse(url.toString()).toString(), "one spelling");
    }
    requireSame(folded(text), url.segments(), "two readings of the path");
    url.query().keySet().forEach(name -> require(name != null, "a parameter has a name"));
    try {
      AddressScope.of(url).requireLookup(PolicySet.NONE);
    } catch (BridgeError refused) {
      require(!refused.code().isEmpty(), "refused by name");
    }
    List<String> resource =
        url.segments().subList(Math.min(1, url.segments().size()), url.segments().size());
    for (boolean windows : new boolean[] {false, true}) {
      try {
        Path path = PathScope.path(resource, windows);
        require(path.equals(path.normalize()), "a path that can be folded: " + path);
      } catch (BridgeError refused) {
        requireSame("ERR_INVALID_CALL", refused.code(), "no path");
      }
    }
  }

  /** The path, read by the JDK's decoder. */
  private static List<String> folded(String text) {
    String rest = text.substring("ipc://".length()).split("\\?", -1)[0];
    Deque<String> folded = new ArrayDeque<>();
    for (String piece : Arrays.stream(rest.split("/", -1)).skip(1).toList()) {
      String segment = URLDecoder.decode(piece.replace("+", "%2B"), StandardCharsets.UTF_8);
      if (segment.equals("..")) {
        folded.removeLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        folded.addLast(segment);
      }
    }
    return List.copyOf(folded);
  }

  /**
   * The first line a URL, the rest policies: never an exception, and what a second matcher says.
   */
  private static void policy(String text) {
    int line = text.indexOf('\n');
    Optional<CommandUrl> url = line < 0 ? Optional.empty() : url(text.substring(0, line));
    String policies = text.substring(line + 1);
    PolicySet set = PolicySet.of(List.of(policies));
    set.hasBridge();
    if (url.isPresent()) {
      boolean allowed = set.allows(url.get());
      requireSame(Chromium.allows(policies, url.get()), allowed, "two matchers of " + url.get());
      require(!allowed || set.hasBridge(), "an opaque origin calls nothing");
      PolicySet more = PolicySet.of(List.of(policies, "connect-src ipc://fs/"));
      require(!more.allows(url.get()) || allowed || governsNothing(policies), "a policy more");
      set.refusingDirective(url.get());
      set.names(url.get(), CommandUrl.parse("ipc://fs/writeFile/home"));
    }
  }

  private static boolean governsNothing(String policies) {
    return PolicySet.of(List.of(policies, "connect-src ipc:"))
        .allows(CommandUrl.parse("ipc://a/b"));
  }

  /** An app's own policy: an error for a name nobody knows, or a header that is one line. */
  private static void header(String text) {
    String header;
    try {
      header = HEADER.value(text);
    } catch (IllegalArgumentException unknown) {
      require(unknown.getMessage().contains("no folder is called $"), "another error: " + unknown);
      return;
    }
    require(header.indexOf('\n') < 0 && header.indexOf('\r') < 0, "a header is one line");
    // Of a source, the first name is expanded.
    if (!header.contains("$")) {
      requireSame(header, HEADER.value(header), "made twice");
    }
    PolicySet.of(List.of(header));
  }

  /** Malformed by name, or what another parser reads in it. */
  private static void envelope(String text) throws IOException {
    CallRouter.Message message;
    try {
      message = CallRouter.parse(text);
    } catch (IOException malformed) {
      return;
    }
    JsonNode seen = MAPPER.readTree(text);
    requireSame(seen.path("d").asText(""), message.document(), "document");
    requireSame(seen.has("o"), message.opensChannel(), "channel");
    requireSame(seen.path("c").size(), message.calls().size(), "calls");
    requireSame(seen.path("x").size(), message.cancels().size(), "cancels");
    for (int i = 0; i < message.calls().size(); i++) {
      JsonNode call = seen.path("c").get(i);
      CallRouter.Asked asked = message.calls().get(i);
      requireSame(call.get(0).asLong(), asked.sequence(), "number");
      require(asked.sequence() > 0, "numbers are positive");
      requireSame(call.get(1).asText(), asked.url(), "URL");
      url(asked.url());
    }
  }

  /** No JSON, or what is the same once written and read again. */
  private static void json(String text) throws IOException {
    JsonNode value;
    try {
      value = JsonValues.read(text);
    } catch (IOException none) {
      return;
    }
    String written = JsonValues.text(value);
    requireSame(value, JsonValues.read(written), "read again");
    requireSame(written, JsonValues.text(JsonValues.read(written)), "written again");
  }

  /** The matching of CSP3 as Chromium does it, for {@code ipc:} URLs, character by character. */
  private static final class Chromium {
    static boolean allows(String policies, CommandUrl url) {
      boolean governed = false;
      for (String policy : policies.split(",")) {
        Map<String, List<String>> directives = new HashMap<>();
        for (String part : policy.split(";")) {
          List<String> words = words(part);
          if (!words.isEmpty()) {
            boolean ascii = part.chars().allMatch(c -> c >= ' ' && c < 0x7f || c >= 9 && c <= 13);
            directives.putIfAbsent(
                words.get(0).toLowerCase(Locale.ROOT),
                ascii ? words.subList(1, words.size()) : VOID);
          }
        }
        List<String> sandbox = directives.getOrDefault("sandbox", VOID);
        if (sandbox != VOID && sandbox.stream().noneMatch("allow-same-origin"::equalsIgnoreCase)) {
          return false;
        }
        List<String> sources = directives.getOrDefault("connect-src", VOID);
        sources = sources == VOID ? directives.getOrDefault("default-src", VOID) : sources;
        if (sources != VOID) {
          governed = true;
          if (sources.stream().noneMatch(source -> matches(source, url))) {
            return false;
          }
        }
      }
      return governed;
    }

    private static final List<String> VOID = List.of("void");

    private static List<String> words(String part) {
      return Arrays.stream(part.split("[\\t\\n\\x0b\\f\\r ]")).filter(w -> !w.isEmpty()).toList();
    }

    private static boolean matches(String source, CommandUrl url) {
      if (source.equalsIgnoreCase("ipc:")) {
        return true;
      }
      if (!source.regionMatches(true, 0, "ipc://", 0, 6)) {
        return false;
      }
      int path = source.indexOf('/', 6);
      String authority = source.substring(6, path < 0 ? source.length() : path);
      int colon = authority.indexOf(':');
      if (colon >= 0 && !authority.substring(colon).equals(":*")) {
        return false;
      }
      String host = authority.substring(0, colon < 0 ? authority.length() : colon);
      boolean wild = host.startsWith("*.");
      String name = wild ? host.substring(2) : host;
      if (host.equals("*")) {
        name = "x";
      }
      for (String label : name.split("\\.", -1)) {
        if (label.isEmpty() || !label.chars().allMatch(Chromium::isHostCharacter)) {
          return false;
        }
      }
      boolean here =
          host.equals("*")
              || (wild
                  ? url.host().endsWith("." + name.toLowerCase(Locale.ROOT))
                  : url.host().equals(name.toLowerCase(Locale.ROOT)));
      if (!here || path < 0) {
        return here;
      }
      String written = source.substring(path).split("[?#]", -1)[0];
      String decoded = decode(written);
      String asked = decode(url.path());
      return written.equals("/")
          || (decoded.endsWith("/") ? asked.startsWith(decoded) : asked.equals(decoded));
    }

    private static boolean isHostCharacter(int c) {
      return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-';
    }

    private static String decode(String path) {
      byte[] bytes = new byte[path.length()];
      int count = 0;
      for (int i = 0; i < path.length(); i++) {
        if (path.charAt(i) == '%'
            && i + 2 < path.length()
            && path.substring(i + 1, i + 3).matches("[0-9A-Fa-f]{2}")) {
          bytes[count++] = (byte) Integer.parseInt(path.substring(i + 1, i + 3), 16);
          i += 2;
        } else {
          bytes[count++] = (byte) path.charAt(i);
        }
      }
      byte[] all = Arrays.copyOf(bytes, count);
      String utf8 = new String(all, StandardCharsets.UTF_8);
      return Arrays.equals(utf8.getBytes(StandardCharsets.UTF_8), all)
          ? utf8
          : new String(all, StandardCharsets.ISO_8859_1);
    }
  }
}
