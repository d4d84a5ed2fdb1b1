package dev.dunlin.net.headless;

import dev.dunlin.net.peer.PeerException;
import java.util.List;

/** For {@code java -jar dunlin-net.jar}: the relay alone. */
public final class RelayMain {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private RelayMain() {}

  public static void main(String[] words) {
    try {
      RelayProcess.run(List.of(words), System.out);
    } catch (PeerException e) {
      System.err.println("dunlin: " + e.getMessage());
      System.exit(e.code().equals("EINVAL") ? USAGE : FAILED);
    }
  }
}
