package dev.dunlin.operator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.operator.RunningApps.RunningApp;
import dev.dunlin.shell.operator.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedTest {
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private final class Hearing implements Feed.Listener {
    @Override
    public void attached(RunningApp app) {
      heard.add("attached");
    }

    @Override
    public void told(Snapshot snapshot) {}

    @Override
    public void waits(String why) {
      heard.add(why);
    }
  }

  private void assertHeard(String part) throws InterruptedException {
    String next;
    do {
      next = heard.poll(20, TimeUnit.SECONDS);
    } while (next != null && !next.contains(part));
    assertTrue(next != null, "never told: " + part);
  }

  @Test
  void looksOnForTheAppAfterItCouldNotLook(@TempDir Path folder) throws Exception {
    AtomicBoolean failed = new AtomicBoolean();
    ScriptedApp first = new ScriptedApp(folder);
    Feed feed =
        Feed.of(
            first.app(),
            () -> {
              if (!failed.getAndSet(true)) {
                throw new IOException("it is gone for a while");
              }
              return List.of(first.app());
            },
            new Hearing());
    try (feed) {
      assertHeard("attached");
      first.close();
      // It has ended, or its connection is broken: who has not read the greeting resets.
      assertHeard("Notes");
      ScriptedApp second = new ScriptedApp(folder);
      try (second) {
        assertHeard("gone for a while");
        assertHeard("attached");
      }
    }
  }
}
