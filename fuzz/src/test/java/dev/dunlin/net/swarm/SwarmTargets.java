package dev.dunlin.net.swarm;

import static dev.dunlin.fuzz.Target.require;

import dev.dunlin.fuzz.Target;
import java.util.Arrays;
import java.util.List;

/** What other members of a swarm say. */
public final class SwarmTargets {
  private SwarmTargets() {}

  public static List<Target> all() {
    return List.of(new Target("swarm", SwarmLimits.BLOCK_BYTES + 64, SwarmTargets::said));
  }

  /** Nothing, or a message that is the same once written and read again. */
  private static void said(byte[] input) {
    Said.decode(input)
        .ifPresent(
            said ->
                require(
                    Arrays.equals(said.encode(), Said.decode(said.encode()).orElseThrow().encode()),
                    "written and read again: " + said));
  }
}
