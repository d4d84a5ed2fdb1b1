package dev.dunlin.shell.app;

import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.util.List;
import java.util.Locale;

/**
 * Hands a link to the person's own browser or mail program; nothing but http, https and mailto
 * (CVE-2025-31477).
 */
final class ExternalLinks {
  private static final List<String> SCHEMES = List.of("http://", "https://", "mailto:");

  private ExternalLinks() {}

  static void open(String url, Console console) {
    String lower = url.toLowerCase(Locale.ROOT);
    if (SCHEMES.stream().noneMatch(lower::startsWith)) {
      console.say("will not open " + url + ": only http, https and mailto leave the app");
      return;
    }
    String os = System.getProperty("os.name");
    String[] argv =
        os.startsWith("Windows")
            ? new String[] {"rundll32", "url.dll,FileProtocolHandler", url}
            : new String[] {os.startsWith("Mac") ? "open" : "xdg-open", url};
    ProcessStarter.get()
        .start(ProcessSpec.of(argv).withParentDeath(ParentDeath.SURVIVE))
        .onFailure(
            fault ->
                console.say(
                    "cannot open " + url + " in the system's browser: " + fault.getMessage()));
  }
}
