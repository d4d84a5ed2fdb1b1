package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
// The first one listens for as long as the block runs; nobody speaks to it.
@SuppressWarnings("try")
class HandOverTest {
  @TempDir Path folder;

  @Test
  void theFirstGetsTheWordsOfEachLaterStart() throws Exception {
    BlockingQueue<List<String>> got = new LinkedBlockingQueue<>();
    Path socket = folder.resolve("start");
    try (HandOver first = HandOver.listen(socket, got::add)) {
      assertTrue(HandOver.give(socket, List.of("demo:öffne 漢", "two")));
      assertEquals(List.of("demo:öffne 漢", "two"), got.poll(10, TimeUnit.SECONDS));
      assertFalse(HandOver.give(socket, List.of("x".repeat(HandOver.MESSAGE_BYTES * 2))));
      assertTrue(HandOver.give(socket, List.of()));
      assertEquals(List.of(), got.poll(10, TimeUnit.SECONDS));
      assertTrue(got.isEmpty(), got::toString);
    }
    assertFalse(HandOver.give(socket, List.of("late")));
    assertFalse(HandOver.give(folder.resolve("nobody"), List.of()));
  }
}
