package dev.dunlin.net.udp;

import static dev.dunlin.fuzz.Target.require;

import dev.dunlin.fuzz.Target;
import java.util.Arrays;
import java.util.List;

/** What pages send to be sent on. */
public final class UdpTargets {
  private static final int MOST = 1024;

  private UdpTargets() {}

  public static List<Target> all() {
    return List.of(new Target("datagrams", 64 << 10, UdpTargets::datagrams));
  }

  /** Nothing, or datagrams that fill the rest exactly. */
  private static void datagrams(byte[] input) {
    Datagrams.parse(input, MOST)
        .ifPresent(
            sent -> {
              require(sent.count() >= 1 && sent.count() <= MOST, "so many may come");
              require(sent.offset() + sent.totalBytes() == input.length, "no byte is left over");
              require(Arrays.stream(sent.lengths()).allMatch(l -> l >= 0), "lengths");
            });
  }
}
