package dev.dunlin.shell.engine;

import dev.dunlin.shell.host.Os;
import java.util.ArrayList;
import java.util.List;

/** The Chromium switches that Dunlin sets, each with its reason. */
final class Switches {
  private Switches() {}

  static List<String> of(EngineSettings settings) {
    List<String> switches = new ArrayList<>();
    // The app's host is answered by us; whatever slips past a handler must not reach a server on
    // this machine.
    // Chromium's dictionaries come from the other one (seen: at each start, en-US).
    switches.add(
        "--host-resolver-rules=MAP "
            + settings.host()
            + " ~NOTFOUND,MAP redirector.gvt1.com ~NOTFOUND");
    // An app talks to nobody it was not told to talk to. Whose accounts a person has is not asked
    // (seen: at each start); Chromium refuses this port without a word to the network.
    switches.add("--gaia-url=https://127.0.0.1:1");
    switches.add("--disable-background-networking");
    switches.add("--disable-component-update");
    switches.add("--disable-domain-reliability");
    switches.add("--disable-sync");
    switches.add("--no-pings");
    switches.add("--no-first-run");
    switches.add("--no-default-browser-check");
    switches.add("--disable-extensions");
    // JCEF has no handler for permissions and Chromium inside AWT no place for its question: a page
    // that asks would wait for ever.
    switches.add("--deny-permission-prompts");
    // A document's id and handles die with the document: one that comes back from the cache would
    // have neither.
    // A spare renderer costs 27 MiB and serves browsing from site to site, which an app does not
    // do.
    switches.add(
        "--disable-features=BackForwardCache,SpareRendererForSitePerProcess,MediaRouter,Translate,"
            + "OptimizationHints,AutofillServerCommunication,CertificateTransparencyComponentUpdater,"
            // Both seen to ask Google's servers at each start.
            + "NetworkTimeServiceQuerying,AimServerEligibilityEnabled,AimServerRequestOnStartupEnabled,"
            // Nobody is going to visit the search engine: it need not be looked up.
            + "PreconnectToSearch,PreconnectFromKeyedService");
    // Only the graphics process came from it: started by itself it needs 5 MiB less than with it.
    switches.add("--no-unsandboxed-zygote");
    // Windows of Chromium's own (DevTools) belong to the app; other systems know no such class.
    switches.add("--class=" + settings.id());
    if (Os.here() == Os.LINUX) {
      // Inside AWT's windows Chromium finds no desktop that tells it (seen: 1 whatever is set).
      switches.add("--force-device-scale-factor=" + settings.scale().factor());
    }
    for (String extra : settings.switches()) {
      switches.add("--" + extra);
    }
    return switches;
  }
}
