package dev.dunlin.shell.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static final Snapshot SNAPSHOT =
      new Snapshot(
          7,
          1,
          2,
          3,
          new Snapshot.App("T", "com.example.t", "1.0.0", 5, "/t", "0.1.0", 6),
          new Snapshot.Rate(1, 2, 3, 4),
          List.of(new Snapshot.Command("os/cpus", 1, 1, 0, 9, 9)),
          List.of(new Snapshot.Denial("ipc://a/b", "connect-src", "a/b", 1, 2)),
          List.of(new Snapshot.Lane("call", 1, 2, 3)),
          List.of(new Snapshot.Queue("q", "u", 4)),
          List.of(new Snapshot.Thing(0, "udp", Map.of("local", "0.0.0.0:1", "n", 3))),
          List.of(new Snapshot.Process(1, "app", 2)),
          List.of(new Snapshot.Line(1, "stdout", "\u0007 grüß 🐦")),
          0);

  private final Frames frames = new Frames();

  private static byte[] body(byte[] frame) throws IOException {
    return Frames.read(new ByteArrayInputStream(frame));
  }

  @Test
  void aSnapshotComesBackAsItWas() throws IOException {
    assertEquals(SNAPSHOT, frames.snapshot(body(frames.snapshot(SNAPSHOT))));
  }

  @Test
  void aFrameThatBreaksOffIsNoEndInGoodOrder() throws IOException {
    byte[] whole = frames.snapshot(SNAPSHOT);
    assertThrows(EOFException.class, () -> body(new byte[0]));
    for (int length = 1; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(OperatorException.class, () -> body(part));
    }
  }

  @Test
  void aFrameTooLongIsRefusedBeforeItIsRead() {
    for (int length : new int[] {OperatorLimits.FRAME_BYTES + 1, Integer.MAX_VALUE, -1}) {
      byte[] head = ByteBuffer.allocate(4).putInt(length).array();
      IOException refused = assertThrows(OperatorException.class, () -> body(head));
      assertTrue(refused.getMessage().contains("at most"), refused.getMessage());
    }
  }

  @Test
  void whatAnAppSaysWhenItSendsUsAwayIsTheMessage() {
    IOException refused =
        assertThrows(
            OperatorException.class, () -> frames.snapshot(body(frames.error("too many of you"))));
    assertEquals("too many of you", refused.getMessage());
  }

  @Test
  void whatIsMissingIsEmptyAndWhatIsUnknownIsPassedOver() throws IOException {
    Snapshot bare =
        frames.snapshot("{\"snapshot\":{\"later\":1}}".getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), bare.commands());
    assertEquals("", bare.app().title());
  }

  @Test
  void damagedSnapshotsAreRefused() {
    for (String json :
        List.of(
            "",
            "7",
            "[]",
            "{}",
            "{\"snapshot\":[]}",
            "{\"snapshot\":{\"lanes\":7}}",
            "{\"snapshot\":{\"lanes\":[null]}}",
            "{\"snapshot\":{\"things\":[{\"facts\":7}]}}",
            "[".repeat(5_000))) {
      assertThrows(
          OperatorException.class,
          () -> frames.snapshot(json.getBytes(StandardCharsets.UTF_8)),
          json.length() > 60 ? "deep" : json);
    }
  }

  @Property(tries = 300)
  void anyBytesAreASnapshotOrAFault(@ForAll byte[] bytes) {
    try {
      frames.snapshot(body(bytes));
    } catch (IOException expected) {
      assertTrue(!expected.getMessage().isEmpty());
    }
  }
}
