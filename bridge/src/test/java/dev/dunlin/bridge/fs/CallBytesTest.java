package dev.dunlin.bridge.fs;

import static dev.dunlin.bridge.Harness.ALL;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Answer;
import dev.dunlin.bridge.CallLane;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.Harness.Recorder;
import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Bytes by the call lane: what is answered there, and what is asked for elsewhere. */
@EnabledOnOs(OS.LINUX)
class CallBytesTest {
  @TempDir Path temp;
  private final Harness harness = new Harness(new FsModule(RandomSource.secure()));
  private final Page page = harness.page(1, ALL);

  @AfterEach
  void close() {
    harness.close();
  }

  /** An engine that takes bytes. */
  private static final class Taker implements Answer {
    private final Recorder texts = new Recorder();
    private final BlockingQueue<byte[]> bytes = new LinkedBlockingQueue<>();

    @Override
    public boolean takesBytes() {
      return true;
    }

    @Override
    public void bytes(ByteBuffer direct) {
      byte[] copy = new byte[direct.remaining()];
      direct.duplicate().get(copy);
      bytes.add(copy);
    }

    @Override
    public void success(String json) {
      texts.success(json);
    }

    @Override
    public void failure(int code, String message) {
      texts.failure(code, message);
    }

    private JsonNode error() throws IOException {
      return Harness.JSON.readTree(texts.text()).path("r").path(0).path(2);
    }
  }

  /** As the client counts: bytes are sent before their call is forgotten. */
  private int sequence;

  private Taker ask(Page page, String bytes, String... paths) {
    StringBuilder calls = new StringBuilder();
    for (int i = 0; i < paths.length; i++) {
      calls
          .append(i == 0 ? "" : ",")
          .append("[" + ++sequence + ",\"ipc://fs/readFile" + paths[i] + "\"]");
    }
    Taker answer = new Taker();
    page.send("{\"d\":\"" + page.id + "\",\"b\":" + bytes + ",\"c\":[" + calls + "]}", answer);
    return answer;
  }

  private String file(String name, int length) throws IOException {
    Path file = temp.toRealPath().resolve(name);
    Files.write(file, RandomSource.seeded(length).bytes(length));
    return file.toString();
  }

  @Test
  void aFileUpToTheBoundIsTheAnswer() throws Exception {
    for (int length : new int[] {1, 70_000, Limits.CALL_BYTES}) {
      String file = file("small", length);
      byte[] got = ask(page, "1", file).bytes.poll(20, TimeUnit.SECONDS);
      assertArrayEquals(Files.readAllBytes(Path.of(file)), got);
    }
  }

  @Test
  void aLongerLocalFileIsAskedForByTheBlobLaneAndWhereThatFailsByTheStreamLane()
      throws IOException {
    String file = file("big", Limits.CALL_BYTES + 1);
    JsonNode refused = ask(page, "1", file).error();
    assertEquals("ERR_REPLY_TOO_LARGE", refused.path("code").asText());
    assertEquals("blob", refused.path("lane").asText());
    // No engine, no blob lane.
    JsonNode failed = ask(page, "\"" + "0".repeat(32) + "\"", file).error();
    assertEquals("stream", failed.path("lane").asText(), failed::toString);
  }

  @Test
  void whatHasNoKnownLengthIsAskedForByTheStreamLane() throws IOException {
    assertEquals("stream", ask(page, "1", "/proc/self/status").error().path("lane").asText());
  }

  @Test
  void policyDecidesAsEver() throws IOException {
    Page narrow = harness.page(2, PolicySet.of(List.of("connect-src ipc://fs/readFile/nowhere/")));
    String file = file("denied", 10);
    assertEquals("ERR_ACCESS_DENIED", ask(narrow, "1", file).error().path("code").asText());
    String slot = "\"" + "0".repeat(32) + "\"";
    assertEquals("ERR_ACCESS_DENIED", ask(narrow, slot, file).error().path("code").asText());
  }

  @Test
  void aMessageThatTakesBytesHasOneCallAndASlotOfThirtyTwoDigits() throws IOException {
    String file = file("one", 10);
    assertEquals(CallLane.MALFORMED, ask(page, "1", file, file).texts.failure());
    assertEquals(CallLane.MALFORMED, ask(page, "1").texts.failure());
    assertEquals(CallLane.MALFORMED, ask(page, "\"']);alert(1)//\"", file).texts.failure());
  }

  @Test
  void anEngineThatTakesTextOnlyIsToldSo() throws IOException {
    Recorder answer = new Recorder();
    page.send(
        "{\"d\":\""
            + page.id
            + "\",\"b\":1,\"c\":[[1,\"ipc://fs/readFile"
            + file("text", 10)
            + "\"]]}",
        answer);
    JsonNode error = Harness.JSON.readTree(answer.text()).path("r").path(0).path(2);
    assertEquals("ERR_INVALID_CALL", error.path("code").asText());
  }
}
