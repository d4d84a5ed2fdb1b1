package dev.dunlin.shell.app;

import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.host.Os;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Hands a link to the person's own browser or mail program; nothing but http, https and mailto
 * (CVE-2025-31477).
 */
final class ExternalLinks {
  /** Longest link that is handed on; Windows takes no command line of more than 32 Ki. */
  static final int LINK_LENGTH = 16 << 10;

  /** What a shell or a command line takes for its own; Chromium writes these percent-encoded. */
  private static final Pattern UNSAFE = Pattern.compile("[\\x00-\\x20\\x7f\"<>\\\\^`{|}]");

  /** Some mail programs put the file so named into the letter. */
  private static final Set<String> ATTACHING = Set.of("attach", "attachment");

  private ExternalLinks() {}

  static void open(String url, Console console) {
    Optional<List<String>> argv = argv(Os.here(), url);
    if (argv.isEmpty()) {
      console.say(
          "will not open "
              + (url.length() <= 200 ? url : url.substring(0, 200) + "…")
              + ": only http, https and mailto leave the app, up to "
              + LINK_LENGTH
              + " characters and without attachments");
      return;
    }
    ProcessStarter.get()
        .start(
            ProcessSpec.of(argv.get().toArray(String[]::new))
                // A browser that outlives us must not write into a pipe that has no reader.
                .withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL)
                .withParentDeath(ParentDeath.SURVIVE))
        .onFailure(
            fault ->
                console.say(
                    "cannot open " + url + " in the system's browser: " + fault.getMessage()));
  }

  /**
   * The program that opens the link, and its arguments.
   *
   * @return empty if this link is not opened
   */
  static Optional<List<String>> argv(Os os, String url) {
    if (!isSafe(url)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (os) {
          case WINDOWS -> List.of("rundll32", "url.dll,FileProtocolHandler", url);
          case MAC -> List.of("open", url);
          case LINUX -> List.of("xdg-open", url);
        });
  }

  private static boolean isSafe(String url) {
    if (url.length() > LINK_LENGTH || UNSAFE.matcher(url).find()) {
      return false;
    }
    String lower = url.toLowerCase(Locale.ROOT);
    return lower.startsWith("mailto:")
        ? !attaches(lower)
        : WebUrl.parse(lower).filter(WebUrl::isWeb).isPresent();
  }

  private static boolean attaches(String mailto) {
    int question = mailto.indexOf('?');
    if (question < 0) {
      return false;
    }
    for (String field : mailto.substring(question + 1).split("[&;?]")) {
      String name = field.split("=", 2)[0];
      try {
        name = URLDecoder.decode(name, StandardCharsets.UTF_8).strip();
      } catch (IllegalArgumentException e) {
        // A name that cannot be decoded is not trusted to be harmless.
        return true;
      }
      if (ATTACHING.contains(name.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }
}
