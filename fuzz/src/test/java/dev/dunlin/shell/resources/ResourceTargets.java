package dev.dunlin.shell.resources;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.bridge.PolicySet;
import dev.dunlin.fuzz.Target;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What pages ask of the app's files, and what those say. */
public final class ResourceTargets {
  private static final long[] SIZES = {0, 1, 10, 1000, 5L << 30, Long.MAX_VALUE};

  private ResourceTargets() {}

  public static List<Target> all() {
    return List.of(
        Target.ofText("range", 4096, ResourceTargets::range),
        Target.ofText("app-path", 256 << 10, ResourceTargets::path),
        Target.ofText("app-url", 64 << 10, ResourceTargets::url),
        new Target("meta-policies", 64 << 10, ResourceTargets::policies));
  }

  /** Never an exception; a part lies within the file, and is what a second reading says. */
  private static void range(String header) {
    for (long size : SIZES) {
      ByteRange range = ByteRange.parse(header, size);
      if (range instanceof ByteRange.Part part) {
        require(
            part.offset() >= 0 && part.length() >= 1 && part.length() <= size - part.offset(),
            "a part outside of the file: " + part + " of " + size);
      }
      requireSame(byHand(header, size), range, "two readings for a file of " + size);
    }
  }

  private static ByteRange byHand(String header, long size) {
    String text = header.replaceAll("[ \\t\\n\\x0B\\f\\r]+", " ").replaceAll("^ +| +$", "");
    int equals = text.indexOf('=');
    int dash = text.indexOf('-');
    if (equals < 0
        || dash < equals
        || !text.substring(0, equals)
            .replaceAll("^ +| +$", "")
            .toLowerCase(Locale.ROOT)
            .equals("bytes")) {
      return new ByteRange.Whole();
    }
    String from = text.substring(equals + 1, dash).replaceAll("^ +| +$", "");
    String to = text.substring(dash + 1).replaceAll("^ +| +$", "");
    boolean digits = (from + to).chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || from.isEmpty() && to.isEmpty() || from.length() > 40 || to.length() > 40) {
      return new ByteRange.Whole();
    }
    BigInteger all = BigInteger.valueOf(size);
    BigInteger first;
    BigInteger end;
    if (from.isEmpty()) {
      first = all.subtract(new BigInteger(to)).max(BigInteger.ZERO);
      end = all;
    } else {
      first = new BigInteger(from).min(BigInteger.valueOf(Long.MAX_VALUE));
      BigInteger last =
          to.isEmpty()
              ? BigInteger.valueOf(Long.MAX_VALUE)
              : new BigInteger(to).min(BigInteger.valueOf(Long.MAX_VALUE));
      if (last.compareTo(first) < 0) {
        return new ByteRange.Whole();
      }
      end = last.add(BigInteger.ONE).min(all);
    }
    return end.compareTo(first) <= 0
        ? new ByteRange.Unsatisfiable()
        : new ByteRange.Part(first.longValueExact(), end.subtract(first).longValueExact());
  }

  /** Refused, or names none of which leads elsewhere, on any system. */
  private static void path(String raw) {
    if (!(AppPath.parse(raw) instanceof AppPath.Names names)) {
      return;
    }
    for (String name : names.segments()) {
      require(
          !name.isEmpty()
              && !name.equals(".")
              && !name.equals("..")
              && name.chars().noneMatch(c -> c < ' ' || "/\\:*?\"<>|".indexOf(c) >= 0)
              && !name.endsWith(".")
              && !name.endsWith(" "),
          "a name that is none: " + name);
      String stem = name.split("[. ]", -1)[0].toLowerCase(Locale.ROOT);
      require(
          !List.of("con", "prn", "aux", "nul", "com1", "lpt1").contains(stem)
              || !name.substring(stem.length()).replaceFirst("^ +", "").startsWith(".")
                  && name.length() > stem.length(),
          "a device: " + name);
    }
    String again =
        names.segments().stream()
            .map(name -> "/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"))
            .collect(Collectors.joining());
    if (AppPath.parse(again) instanceof AppPath.Names read) {
      requireSame(names.segments(), read.segments(), "read again");
    } else {
      throw new AssertionError("refused when written by us: " + again);
    }
  }

  /** Never an exception; of what the JDK takes for a URL too, the same parts. */
  private static void url(String text) {
    Optional<AppUrl> url = AppUrl.parse(text);
    try {
      URI uri = new URI(text);
      if (uri.isAbsolute() && !uri.isOpaque() && text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        AppUrl read = url.orElseThrow(() -> new AssertionError("the JDK reads it"));
        requireSame(uri.getScheme().toLowerCase(Locale.ROOT), read.scheme(), "scheme");
        requireSame(
            Optional.ofNullable(uri.getRawAuthority()).orElse("").toLowerCase(Locale.ROOT),
            read.authority(),
            "authority");
        requireSame(Optional.ofNullable(uri.getRawPath()).orElse(""), read.path(), "path");
      }
    } catch (URISyntaxException none) {
      return;
    }
  }

  /** Never an exception; each is a policy. */
  private static void policies(byte[] html) {
    for (String policy : MetaPolicies.of(html)) {
      require(!policy.isBlank(), "an empty policy");
      PolicySet.of(List.of(policy)).hasBridge();
    }
  }
}
