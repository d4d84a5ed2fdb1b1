package dev.dunlin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.e2e.Account;
import dev.dunlin.net.udp.Datagrams;
import dev.dunlin.net.udp.UdpException;
import dev.dunlin.net.udp.UdpOptions;
import dev.dunlin.net.udp.UdpOptions.Family;
import dev.dunlin.net.udp.UdpReceiver;
import dev.dunlin.net.udp.UdpSocket;
import dev.dunlin.net.udp.UdpTransport;
import dev.dunlin.scheduler.Clock;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Datagrams over loopback: the Java layer, an echo for who measures trips, and Node. */
final class Udp implements AutoCloseable {
  static final int BYTES = 1_024;
  static final int PING_BYTES = 64;
  static final int RUNS = 5;
  static final int TRIPS = 2_000;

  /** Datagrams of a page under way: less than what the host keeps for it. */
  static final int WINDOW = 3_000;

  static final Duration RUN = Duration.ofSeconds(2);

  private static final int BATCH = 1_024;
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 0);

  private final Clock clock;
  private final UdpTransport transport = UdpTransport.create(2);
  private final UdpSocket echo;

  Udp(Clock clock) {
    this.clock = clock;
    UdpSocket[] self = new UdpSocket[1];
    UdpReceiver receiver =
        new Receiver() {
          @Override
          public void datagram(ByteBuf bytes, int offset, int length, InetSocketAddress from) {
            byte[] copy = new byte[length];
            bytes.getBytes(offset, copy);
            self[0].send(Datagrams.of(copy), Optional.of(from));
          }
        };
    self[0] = await(transport.bind(UdpOptions.of(Family.IPV4), HERE, receiver));
    this.echo = self[0];
  }

  private abstract static class Receiver implements UdpReceiver {
    @Override
    public void pause() {}

    @Override
    public void failed(UdpException fault) {}
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where datagrams are sent back from. */
  int echoPort() {
    return echo.localAddress().getPort();
  }

  /** Datagrams a second that come to a socket, of those that another sends as fast as it can. */
  List<Double> delivered() {
    AtomicLong heard = new AtomicLong();
    AtomicLong first = new AtomicLong();
    AtomicLong last = new AtomicLong();
    UdpReceiver receiver =
        new Receiver() {
          // Owned by the loop.
          private long count;

          @Override
          public void datagram(ByteBuf bytes, int offset, int length, InetSocketAddress from) {
            count++;
          }

          @Override
          public void pause() {
            long now = clock.now().toNanos();
            first.compareAndSet(0, now);
            last.set(now);
            heard.set(count);
          }
        };
    List<Double> rates = new ArrayList<>();
    try (UdpSocket to = await(transport.bind(UdpOptions.of(Family.IPV4), HERE, receiver));
        UdpSocket from =
            await(
                transport.bind(
                    UdpOptions.of(Family.IPV4),
                    HERE,
                    new Receiver() {
                      @Override
                      public void datagram(
                          ByteBuf bytes, int offset, int length, InetSocketAddress sender) {}
                    }))) {
      to.setReceiveBufferBytes(RECEIVE_BUFFER_BYTES);
      int[] lengths = new int[BATCH];
      Arrays.fill(lengths, BYTES);
      Datagrams batch = new Datagrams(new byte[BATCH * BYTES], 0, lengths);
      Optional<InetSocketAddress> target = Optional.of(to.localAddress());
      for (int run = 0; run < RUNS; run++) {
        long before = heard.get();
        first.set(0);
        Duration end = clock.now().plus(RUN);
        Future<?> waiting = Future.succeededFuture();
        while (clock.now().compareTo(end) < 0) {
          Future<?> next = from.send(batch, target);
          await(waiting);
          waiting = next;
        }
        await(waiting);
        settle(heard);
        rates.add((heard.get() - before) * 1e9 / (last.get() - first.get()));
      }
    }
    return rates;
  }

  /** Waits until nothing more comes. */
  private void settle(AtomicLong heard) {
    Duration quiet = Duration.ofMillis(100);
    long seen = heard.get();
    for (Duration since = clock.now(); clock.now().minus(since).compareTo(quiet) < 0; ) {
      Thread.onSpinWait();
      if (heard.get() != seen) {
        seen = heard.get();
        since = clock.now();
      }
    }
  }

  /** The same in Node: {@code two} processes, {@code one}, and {@code pingPong}. */
  JsonNode node(Path folder) throws IOException {
    Path script = Bench.resource("udp-node.mjs", folder.resolve("udp-node.mjs"));
    return new ObjectMapper()
        .readTree(
            Account.run(
                "node",
                script.toString(),
                Integer.toString(BYTES),
                Integer.toString(WINDOW),
                Long.toString(RUN.toMillis()),
                Integer.toString(RUNS),
                Integer.toString(echoPort()),
                Integer.toString(TRIPS)));
  }

  @Override
  public void close() {
    transport.close();
  }
}
