package dev.dunlin.shell.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OperatorServerTest {
  private static final String GREETING = "{\"operator\":1}";

  @TempDir private Path folder;

  private final AtomicInteger begun = new AtomicInteger();
  private final Semaphore ended = new Semaphore(0);
  private OperatorServer server;
  private int lineLength = 10;

  /** Tells its number, and as much besides as a test wants. */
  private final class Counting implements Watch {
    private long sequence;

    Counting() {
      begun.incrementAndGet();
    }

    @Override
    public Snapshot next() {
      List<Snapshot.Line> lines = new ArrayList<>();
      for (int left = lineLength; left > 0; left -= 1_000) {
        lines.add(new Snapshot.Line(0, "stdout", "x".repeat(Math.min(left, 1_000))));
      }
      return new Snapshot(
          ++sequence, 0, 1, 0, null, null, null, null, null, null, null, null, lines, 0);
    }

    @Override
    public void close() {
      ended.release();
    }
  }

  @BeforeEach
  void listen() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    server = OperatorServer.listen(socket(), Counting::new);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private Path socket() {
    return folder.resolve("operator");
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
  }

  private static void send(SocketChannel to, int length, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(4 + bytes.length).putInt(length).put(bytes).flip();
    while (frame.hasRemaining()) {
      to.write(frame);
    }
  }

  private static String next(SocketChannel from) throws IOException {
    return new String(Frames.read(Channels.newInputStream(from)), StandardCharsets.UTF_8);
  }

  private void awaitEnd() throws InterruptedException {
    assertTrue(ended.tryAcquire(30, TimeUnit.SECONDS), "it measures on");
  }

  /** Says what is wrong and ends; and the next one is served. */
  private void assertSentAway(int length, String json, String why) throws Exception {
    try (SocketChannel bad = connect()) {
      send(bad, length, json);
      String answer = next(bad);
      assertTrue(answer.contains(why), answer);
      assertThrows(EOFException.class, () -> next(bad));
    }
    try (OperatorClient good = OperatorClient.attach(socket())) {
      assertEquals(1, good.next().sequence());
    }
    awaitEnd();
  }

  @Test
  void tellsOnceASecondWhoAttaches() throws Exception {
    try (OperatorClient client = OperatorClient.attach(socket())) {
      assertEquals(1, client.next().sequence());
      assertEquals(2, client.next().sequence());
    }
  }

  @Test
  void theSocketIsTheOwnersAlone() throws IOException {
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
  }

  @Test
  void doesNotListenInAFolderThatOthersMayEnter() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwx--x---"));
    IOException refused =
        assertThrows(
            IOException.class,
            () -> OperatorServer.listen(open.resolve("operator"), Counting::new));
    assertTrue(refused.getMessage().contains("chmod 700"), refused.getMessage());
    assertFalse(Files.exists(open.resolve("operator")));
  }

  @Test
  void anotherUserIsRefusedWhateverTheModesAre() throws Exception {
    assertFalse(OperatorServer.isOwner("ada", "root"));
    assertTrue(OperatorServer.isOwner("ada", "ada"));
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can be somebody else");
    assumeTrue(ProcessStarter.find("setpriv").isPresent(), "there is no setpriv");
    // Debian's own: others are in folders that only their user may enter.
    Path python = Path.of("/usr/bin/python3");
    assumeTrue(Files.isExecutable(python), "there is no python3");
    // All that keeps others away by its mode is taken away: the kernel's word alone is left.
    for (Path path = socket();
        path.startsWith("/tmp") && path.getNameCount() > 1;
        path = path.getParent()) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    String program =
        """
        import socket, sys
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        s.settimeout(20)
        try:
            s.sendall(b'\\x00\\x00\\x00\\x0e{"operator":1}')
            sys.exit(7 if s.recv(1) else 0)
        except ConnectionError:
            sys.exit(0)
        """;
    assertEquals(
        0,
        run(
            "setpriv",
            "--reuid=65534",
            "--clear-groups",
            python.toString(),
            "-c",
            program,
            socket().toString()));
    assertEquals(
        7, run(python.toString(), "-c", program, socket().toString()), "the owner is told");
  }

  private static int run(String... words) {
    ChildProcess child =
        ProcessStarter.get()
            .start(ProcessSpec.of(words))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    return child.exit().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void measuresOnlyWhileSomebodyIsAttached() throws Exception {
    assertFalse(server.isWatched());
    assertEquals(0, begun.get());
    try (OperatorClient first = OperatorClient.attach(socket());
        OperatorClient second = OperatorClient.attach(socket())) {
      first.next();
      second.next();
      assertEquals(1, begun.get());
      assertTrue(server.isWatched());
    }
    awaitEnd();
    try (OperatorClient again = OperatorClient.attach(socket())) {
      assertEquals(1, again.next().sequence());
    }
    awaitEnd();
    assertEquals(2, begun.get());
  }

  @Test
  void whoDoesNotGreetStartsNothing() throws Exception {
    try (SocketChannel silent = connect()) {
      Duration all = OperatorLimits.GREETING.plusSeconds(20);
      CountDownLatch gone = new CountDownLatch(1);
      dev.dunlin.scheduler.Threads.start(
          "test",
          () -> {
            assertThrows(EOFException.class, () -> next(silent));
            gone.countDown();
          });
      assertTrue(gone.await(all.toSeconds(), TimeUnit.SECONDS), "it is kept for ever");
    }
    assertEquals(0, begun.get());
  }

  @Test
  void sendsAwayWhoIsNoOperator() throws Exception {
    assertSentAway(9, "GET / HTT", "no JSON");
    assertSentAway(2, "{}", "a watcher begins with");
    assertSentAway(14, "{\"operator\":2}", "version 2");
    assertSentAway(4, "[[]]", "no JSON object");
    assertSentAway(0, "", "no JSON");
    assertSentAway(OperatorLimits.GREETING_BYTES + 1, "{", "at most");
    assertSentAway(-1, "{", "at most");
    assertSentAway(14, GREETING + "{}", "nothing after its greeting");
  }

  @Test
  void sendsAwayWhoSpeaksAfterTheGreeting() throws Exception {
    try (SocketChannel one = connect()) {
      send(one, GREETING.length(), GREETING);
      assertTrue(next(one).contains("snapshot"));
      send(one, GREETING.length(), GREETING);
      assertTrue(next(one).contains("says nothing after"));
      assertThrows(EOFException.class, () -> next(one));
    }
    awaitEnd();
  }

  @Test
  void takesAGreetingByteByByte() throws Exception {
    try (SocketChannel one = connect()) {
      byte[] json = GREETING.getBytes(StandardCharsets.UTF_8);
      ByteBuffer frame = ByteBuffer.allocate(4 + json.length).putInt(json.length).put(json).flip();
      while (frame.hasRemaining()) {
        one.write(ByteBuffer.wrap(new byte[] {frame.get()}));
      }
      assertTrue(next(one).contains("snapshot"));
    }
  }

  @Test
  void dropsWhoDoesNotReadAndServesTheOthers() throws Exception {
    lineLength = 190_000;
    try (SocketChannel slow = connect();
        OperatorClient quick = OperatorClient.attach(socket())) {
      send(slow, GREETING.length(), GREETING);
      // Far more than the kernel holds for it, which is a megabyte or so, and the frames that wait.
      for (int i = 0; i < OperatorLimits.FRAMES_WAITING + 9; i++) {
        assertEquals(i + 1, quick.next().sequence());
      }
      int whole = 0;
      try {
        while (next(slow).contains("snapshot")) {
          whole++;
        }
      } catch (EOFException | OperatorException end) {
        // Its end, maybe in the middle of a frame.
        assertTrue(whole < OperatorLimits.FRAMES_WAITING + 9, "it got all " + whole);
        return;
      }
    }
    throw new AssertionError("it was served on");
  }

  /** As at the limit of open files: a channel can't be had, and a class can't be loaded. */
  @Test
  void aFaultSendsOneAwayAndTheDoorStaysOpen() throws Exception {
    Deque<Throwable> faults = new ConcurrentLinkedDeque<>();
    faults.add(new IOException("Too many open files"));
    faults.add(new ExceptionInInitializerError("Too many open files"));
    faults.add(new IllegalStateException("of this test"));
    Path other = folder.resolve("other");
    try (OperatorServer door =
        OperatorServer.listen(
            other,
            new Watchers(
                Counting::new,
                () -> {
                  Throwable fault = faults.poll();
                  if (fault instanceof IOException e) {
                    throw e;
                  }
                  if (fault instanceof RuntimeException e) {
                    throw e;
                  }
                  if (fault instanceof Error e) {
                    throw e;
                  }
                  return Selector.open();
                }))) {
      while (!faults.isEmpty()) {
        try (SocketChannel unlucky = SocketChannel.open(UnixDomainSocketAddress.of(other))) {
          assertThrows(EOFException.class, () -> next(unlucky));
        }
        assertFalse(door.isWatched());
      }
      try (OperatorClient lucky = OperatorClient.attach(other)) {
        assertEquals(1, lucky.next().sequence());
      }
      awaitEnd();
    }
  }

  @Test
  void takesSoManyWatchersAndNoMore() throws Exception {
    List<OperatorClient> all = new ArrayList<>();
    try {
      for (int i = 0; i < OperatorLimits.WATCHERS; i++) {
        all.add(OperatorClient.attach(socket()));
        all.get(i).next();
      }
      try (OperatorClient more = OperatorClient.attach(socket())) {
        IOException refused = assertThrows(IOException.class, more::next);
        assertTrue(refused.getMessage().contains("already"), refused.getMessage());
      }
      all.get(0).next();
    } finally {
      all.forEach(OperatorClient::close);
    }
  }

  @Test
  void leavesOutWhatDoesNotFitAFrame() throws Exception {
    lineLength = OperatorLimits.FRAME_BYTES + 10;
    try (OperatorClient client = OperatorClient.attach(socket())) {
      Snapshot brief = client.next();
      assertEquals(List.of(), brief.lines());
      assertTrue(brief.linesDropped() > 1_000);
    }
  }

  @Test
  void endsInGoodOrderAndTheSocketGoes() throws Exception {
    try (OperatorClient client = OperatorClient.attach(socket())) {
      client.next();
      server.close();
      assertThrows(EOFException.class, () -> client.next());
    }
    assertFalse(Files.exists(socket()));
    IOException none = assertThrows(IOException.class, () -> OperatorClient.attach(socket()));
    assertTrue(none.getMessage().contains("Is it running still?"), none.getMessage());
  }
}
