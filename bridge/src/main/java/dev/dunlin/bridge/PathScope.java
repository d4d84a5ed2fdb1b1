package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.ScopedPath;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Turns the resource of a command URL into a path that policy has allowed.
 *
 * <p>Two checks. First the URL as asked, without touching the disk: a denial then says nothing of
 * what exists, and both lanes agree with Chromium, which sees only that URL. Then the URL of the
 * real path, so that a link inside a scope can't lead out of it.
 *
 * <p><i>Thread:</i> a worker: it reads the disk.
 */
final class PathScope {
  private static final boolean WINDOWS = File.separatorChar == '\\';

  /** What Windows opens as something else than a file of that name. */
  private static final Pattern WINDOWS_ALIAS =
      Pattern.compile(
          ".*[:*?\"<>|].*|.*[. ]|(con|prn|aux|nul|conin\\$|conout\\$|com[0-9¹²³]|lpt[0-9¹²³])(\\..*)?");

  /** Links to nothing on the way of one path, as Linux has it. Over: it is a loop. */
  private static final int LINKS = 40;

  private PathScope() {}

  private record Scoped(Path real, String asked) implements ScopedPath {}

  /**
   * Checks one path.
   *
   * @throws BridgeError {@code ERR_ACCESS_DENIED}, or {@code ERR_INVALID_CALL} if it is no path
   */
  static ScopedPath check(PolicySet policy, CommandUrl url, LastSegment last) {
    return check(policy, url, last, Grants.NOTHING);
  }

  /**
   * As {@link #check(PolicySet, CommandUrl, LastSegment)}.
   *
   * @param granted paths that are allowed beyond the policy
   */
  static ScopedPath check(
      PolicySet policy, CommandUrl url, LastSegment last, Predicate<Path> granted) {
    boolean allowed = policy.allows(url);
    if (!allowed && granted == Grants.NOTHING) {
      throw Denial.of(policy, url);
    }
    Path asked = path(url.segments().subList(1, url.segments().size()), WINDOWS);
    if (!allowed && !granted.test(asked)) {
      throw Denial.of(policy, url);
    }
    Path real = real(asked, last);
    boolean folder =
        url.folder()
            && (Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)
                || Files.notExists(real, LinkOption.NOFOLLOW_LINKS));
    CommandUrl realUrl = url.withResource(CommandUrl.slashed(real) + (folder ? "/" : ""));
    if (!(realUrl.equals(url) && allowed) && !policy.allows(realUrl) && !granted.test(real)) {
      // What a link leads to is not the page's to know.
      throw CommandUrl.slashed(asked).equals(CommandUrl.slashed(real))
          ? Denial.of(policy, realUrl)
          : Denial.ofLink(policy, url);
    }
    String text = asked.toString();
    return new Scoped(real, url.folder() && !text.endsWith("/") ? text + "/" : text);
  }

  /** The path that decoded segments name on this or the other kind of system. */
  static Path path(List<String> segments, boolean windows) {
    if (segments.isEmpty()) {
      if (windows) {
        throw invalid("", "it has no drive");
      }
      return Path.of("/");
    }
    String text = String.join("/", segments);
    if (windows) {
      if (!segments.get(0).matches("[A-Za-z]:")) {
        throw invalid(text, "it has no drive");
      }
      for (String segment : segments.subList(1, segments.size())) {
        // Streams, devices and stripped dots are second names of a file: a policy sees the first.
        if (WINDOWS_ALIAS.matcher(segment.toLowerCase(Locale.ROOT)).matches()) {
          throw invalid(text, "Windows reads '" + segment + "' as another name");
        }
      }
    }
    try {
      return Path.of(windows ? text + (segments.size() == 1 ? "/" : "") : "/" + text);
    } catch (InvalidPathException e) {
      throw invalid(
          text, e.getReason() + "; if it is a good name, start Dunlin under a UTF-8 locale");
    }
  }

  /**
   * The real path: links resolved as far as the path exists, and those that lead to nothing too:
   * what they name is what a command would make. What is missing is kept as it stands; whoever
   * opens it follows no link there.
   */
  private static Path real(Path asked, LastSegment last) {
    Path path = asked;
    for (int links = 0; links < LINKS; links++) {
      Path next = resolved(path, last);
      if (next.equals(path)) {
        return next;
      }
      path = next;
    }
    // A loop: the command meets it and says so.
    return asked;
  }

  private static Path resolved(Path asked, LastSegment last) {
    Path parent = asked.getParent();
    if (parent == null) {
      return asked;
    }
    Path start = last == LastSegment.FOLLOW ? asked : parent;
    for (Path path = start; path != null; path = path.getParent()) {
      try {
        Path real = path.toRealPath();
        Path rest = path.relativize(asked);
        Path missing = real.resolve(rest.getName(0));
        if (!path.equals(start) && Files.isSymbolicLink(missing)) {
          return real.resolve(Files.readSymbolicLink(missing))
              .resolve(missing.relativize(real.resolve(rest)))
              .normalize();
        }
        return real.resolve(rest).normalize();
      } catch (IOException unresolvable) {
        // Missing, unreadable or a loop: the command meets the same and says which.
        continue;
      }
    }
    return asked;
  }

  private static BridgeError invalid(String path, String why) {
    return new BridgeError(
        "TypeError", "ERR_INVALID_CALL", "'" + path + "' is not an absolute path: " + why);
  }
}
