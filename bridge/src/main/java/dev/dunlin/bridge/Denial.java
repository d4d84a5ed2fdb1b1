package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import java.util.Map;

/** The refusal that teaches: it names the source that would allow the call, and where it goes. */
final class Denial {
  private Denial() {}

  /** The denial of an allowed {@code url} that a link leads away. It does not say where to. */
  static BridgeError ofLink(PolicySet policy, CommandUrl url) {
    String source = url.toString();
    String directive = policy.refusingDirective(url);
    return new BridgeError(
        "NotAllowedError",
        "ERR_ACCESS_DENIED",
        "the page's Content Security Policy does not allow what "
            + source
            + " stands for (a link leads out of it): add a source for the real path to '"
            + directive
            + "' in [security] policy[] in socket.ini, and to the page's <meta> policy if it has"
            + " one",
        Map.of("source", source, "directive", directive));
  }

  /** The denial of {@code url}. It says nothing about what the URL names. */
  static BridgeError of(PolicySet policy, CommandUrl url) {
    String source = url.toString();
    String directive = policy.refusingDirective(url);
    String folder = source.substring(0, source.lastIndexOf('/', source.length() - 2) + 1);
    return new BridgeError(
        "NotAllowedError",
        "ERR_ACCESS_DENIED",
        "the page's Content Security Policy does not allow "
            + source
            + ": add '"
            + directive
            + " "
            + source
            + "'"
            + (url.segments().size() > 2 ? " (or '" + folder + "' for all of its folder)" : "")
            + " to [security] policy[] in socket.ini, and to the page's <meta> policy if it has one",
        Map.of("source", source, "directive", directive));
  }
}
