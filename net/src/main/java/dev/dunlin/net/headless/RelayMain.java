package dev.dunlin.net.headless;

import dev.dunlin.net.peer.PeerException;
import java.util.List;

/** For {@code java -jar dunlin-net.jar}: the relay alone. */
public final class RelayMain {
  private RelayMain() {}

  public static void main(String[] words) {
    try {
      RelayProcess.run(List.of(words), System.out);
    } catch (PeerException e) {
      // Nothing runs that would keep the process alive; whoever started it gets an exit code of 1.
      System.err.println("dunlin: " + e.getMessage());
      throw e;
    }
  }
}
