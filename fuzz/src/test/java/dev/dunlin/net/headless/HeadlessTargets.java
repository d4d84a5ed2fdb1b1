package dev.dunlin.net.headless;

import dev.dunlin.fuzz.Target;
import dev.dunlin.net.peer.PeerException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;

/** What people write for relays. */
public final class HeadlessTargets {
  private HeadlessTargets() {}

  public static List<Target> all() {
    return List.of(Target.ofText("relay-config", 64 << 10, HeadlessTargets::config));
  }

  /** Options, or what is wrong with the file, in words. */
  private static void config(String text) {
    try {
      RelayOptions.of(RelayOptions.read(Path.of("relay.conf"), new StringReader(text))).endpoint();
    } catch (PeerException wrong) {
      return;
    }
  }
}
