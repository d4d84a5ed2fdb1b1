package dev.dunlin.net.sim;

import dev.dunlin.net.peer.Datagrams;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.VirtualScheduler;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * An IPv4 network in virtual time. Each host stands behind a NAT of some kind, of its own or with
 * others, whom it reaches by their addresses inside; there is no hairpin. Thread: the scheduler's.
 */
public final class SimNetwork {
  /** What stands between a host and the network. */
  public enum Nat {
    /** Nothing: any datagram enters. */
    OPEN,
    /** One mapping for each socket; addresses sent to may enter. */
    ADDRESS,
    /** One mapping for each socket; endpoints sent to may enter. */
    PORT,
    /** A mapping for each socket and remote endpoint; that endpoint may enter. */
    HARD
  }

  /** Mappings and permissions that are idle that long are gone. */
  public static final long MAPPING_NANOS = 30_000_000_000L;

  private static final double UPLINK_BITS_PER_NANO = 10e6 / 1e9;
  private static final int HEADER_BYTES = 28;
  private static final long LAN_NANOS = 300_000;
  private static final int FIRST_PORT = 1024;

  /** A host's mappings beyond this number are looked through for dead ones. */
  private static final int SWEEP = 4096;

  private final VirtualScheduler scheduler;
  private final Latency latency;
  private final double loss;
  private final long seed;
  private final RandomSource random;
  private ByteBuffer dice = ByteBuffer.allocate(0);
  private final Map<Integer, Router> routers = new HashMap<>();
  private long datagrams;
  private long bytes;

  /**
   * @param loss the part of all datagrams that are lost, 0 to 1
   */
  public SimNetwork(VirtualScheduler scheduler, Latency latency, double loss, long seed) {
    this.scheduler = scheduler;
    this.latency = latency;
    this.loss = loss;
    this.seed = seed;
    this.random = RandomSource.seeded(seed);
  }

  private double dice() {
    if (dice.remaining() < Long.BYTES) {
      dice = ByteBuffer.wrap(random.bytes(4096));
    }
    return (dice.getLong() >>> 11) * 0x1.0p-53;
  }

  private int randomPort() {
    return FIRST_PORT + (int) (dice() * (65536 - FIRST_PORT));
  }

  /** Datagrams sent so far, lost ones included. */
  public long datagrams() {
    return datagrams;
  }

  /** Their bytes, without headers. */
  public long bytes() {
    return bytes;
  }

  /** A new host behind a NAT of its own; replaces what was at that address. */
  public Host host(int address, Nat nat) {
    return router(address, nat).host(address);
  }

  /** A new NAT; replaces what was at that address. */
  public Router router(int address, Nat nat) {
    Router router = new Router(address, nat);
    routers.put(address, router);
    return router;
  }

  private static final class Mapping {
    final SimSocket socket;
    final int port;
    long usedNanos;

    /** Whom it was used to send to, and when: by endpoint, or by address in port 1. */
    final Map<Endpoint, Long> allowed = new HashMap<>();

    Mapping(SimSocket socket, int port) {
      this.socket = socket;
      this.port = port;
    }
  }

  /** A NAT, and the network behind it. */
  public final class Router {
    private final int address;
    private Nat nat;
    private final Map<Integer, Host> inside = new HashMap<>();
    private final Map<Integer, Mapping> byPort = new HashMap<>();

    /** By socket and, where the NAT is hard, remote endpoint. */
    private final Map<Object, Mapping> mappings = new HashMap<>();

    private Router(int address, Nat nat) {
      this.address = address;
      this.nat = nat;
    }

    /** What those outside see. */
    public int address() {
      return address;
    }

    /** A new host behind it, with that address inside. */
    public Host host(int local) {
      Host host = new Host(this, local);
      inside.put(local, host);
      return host;
    }

    private Mapping outbound(SimSocket socket, Endpoint to, long now) {
      Inner inner = new Inner(socket.host.local, socket.port);
      Object key = nat == Nat.HARD ? new HardKey(inner, to) : inner;
      Mapping mapping = mappings.get(key);
      if (mapping == null || now - mapping.usedNanos > MAPPING_NANOS) {
        if (mapping != null) {
          byPort.remove(mapping.port, mapping);
        }
        int port = nat == Nat.OPEN ? socket.port : randomPort();
        while (nat != Nat.OPEN && byPort.containsKey(port)) {
          port = randomPort();
        }
        mapping = new Mapping(socket, port);
        mappings.put(key, mapping);
        byPort.put(port, mapping);
        if (mappings.size() > SWEEP) {
          sweep(now);
        }
      }
      mapping.usedNanos = now;
      if (nat != Nat.OPEN) {
        mapping.allowed.put(nat == Nat.ADDRESS ? to.withPort(1) : to, now);
        if (mapping.allowed.size() > SWEEP) {
          mapping.allowed.values().removeIf(at -> now - at > MAPPING_NANOS);
        }
      }
      return mapping;
    }

    private void sweep(long now) {
      for (Iterator<Mapping> all = mappings.values().iterator(); all.hasNext(); ) {
        Mapping mapping = all.next();
        if (now - mapping.usedNanos > MAPPING_NANOS) {
          byPort.remove(mapping.port, mapping);
          all.remove();
        }
      }
    }

    private void inbound(Endpoint from, int port, byte[] datagram) {
      long now = scheduler.now().toNanos();
      if (nat == Nat.OPEN) {
        inside.values().forEach(host -> host.inbound(from, port, datagram));
        return;
      }
      Mapping mapping = byPort.get(port);
      if (mapping == null || now - mapping.usedNanos > MAPPING_NANOS || mapping.socket.closed) {
        return;
      }
      Long allowed = mapping.allowed.get(nat == Nat.ADDRESS ? from.withPort(1) : from);
      if (allowed != null && now - allowed <= MAPPING_NANOS && mapping.socket.host.up) {
        mapping.usedNanos = now;
        mapping.socket.receiver.received(mapping.socket, from, datagram);
      }
    }
  }

  /** One machine behind its NAT. */
  public final class Host implements Datagrams {
    private final Router router;
    private final int local;
    private final Map<Integer, SimSocket> sockets = new HashMap<>();
    private long busyUntilNanos;
    private boolean up = true;
    private long sentDatagrams;
    private long sentBytes;

    private Host(Router router, int local) {
      this.router = router;
      this.local = local;
    }

    /** What others see. */
    public int address() {
      return router.address;
    }

    /** Another network: all mappings are gone. */
    public void moveBehind(Nat other) {
      router.nat = other;
      router.byPort.clear();
      router.mappings.clear();
    }

    /** Cuts the cable, or puts it back. */
    public void setUp(boolean up) {
      this.up = up;
    }

    public long sentDatagrams() {
      return sentDatagrams;
    }

    public long sentBytes() {
      return sentBytes;
    }

    /** Open sockets, for "nothing is left" assertions. */
    public int sockets() {
      return sockets.size();
    }

    @Override
    public Future<Datagrams.Socket> open(int port, Receiver receiver) {
      int free = port;
      while (free == 0 || port == 0 && sockets.containsKey(free)) {
        free = randomPort();
      }
      if (sockets.containsKey(free)) {
        return Future.failedFuture(
            new PeerException("EADDRINUSE", "port " + port + " is in use: choose another"));
      }
      SimSocket socket = new SimSocket(this, free, receiver);
      sockets.put(free, socket);
      return Future.succeededFuture(socket);
    }

    /** Straight to the socket with that port. */
    private void inbound(Endpoint from, int port, byte[] datagram) {
      SimSocket socket = sockets.get(port);
      if (up && socket != null) {
        socket.receiver.received(socket, from, datagram);
      }
    }
  }

  private record Inner(int local, int port) {}

  private record HardKey(Inner inner, Endpoint to) {}

  private final class SimSocket implements Datagrams.Socket {
    private final Host host;
    private final int port;
    private final Datagrams.Receiver receiver;
    private boolean closed;

    SimSocket(Host host, int port, Datagrams.Receiver receiver) {
      this.host = host;
      this.port = port;
      this.receiver = receiver;
    }

    @Override
    public void send(Endpoint to, byte[] datagram) {
      if (closed || !host.up) {
        return;
      }
      long now = scheduler.now().toNanos();
      datagrams++;
      bytes += datagram.length;
      host.sentDatagrams++;
      host.sentBytes += datagram.length;
      Host neighbour = host.router.inside.get(to.address());
      Endpoint from =
          neighbour != null
              ? local()
              : new Endpoint(host.address(), host.router.outbound(this, to, now).port);
      long sentAt =
          Math.max(now, host.busyUntilNanos)
              + (long) ((datagram.length + HEADER_BYTES) * 8 / UPLINK_BITS_PER_NANO);
      host.busyUntilNanos = sentAt;
      double one = dice();
      Router target = routers.get(to.address());
      boolean hairpin = target == null || target == host.router;
      if (one < loss || neighbour == host || neighbour == null && hairpin) {
        return;
      }
      if (neighbour != null) {
        scheduler.schedule(
            Duration.ofNanos(sentAt - now + LAN_NANOS),
            () -> neighbour.inbound(from, to.port(), datagram));
        return;
      }
      long delay = sentAt - now + latency.nanos(seed, host.address(), to.address(), dice());
      scheduler.schedule(
          Duration.ofNanos(delay),
          () -> {
            // The host may have been replaced meanwhile.
            if (routers.get(to.address()) == target) {
              target.inbound(from, to.port(), datagram);
            }
          });
    }

    /** Of a host with a NAT of its own the address is the public one: only the port differs. */
    @Override
    public Endpoint local() {
      return new Endpoint(host.local, port);
    }

    @Override
    public void close() {
      closed = true;
      host.sockets.remove(port, this);
    }
  }
}
