package dev.dunlin.net.udp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What can be changed of an open socket. Whatever the system refuses is a {@link UdpException}.
 *
 * <p><i>Thread:</i> any but the socket's loop.
 */
public interface UdpControls {
  /** The most hops there are. Over: {@code EINVAL}. */
  int MAX_TTL = 255;

  /** Whether datagrams may go to broadcast addresses. */
  void broadcast(boolean on);

  /** Hops of what is sent to one receiver, from 1. */
  void ttl(int hops);

  /** Hops of what is sent to a group, from 0. */
  void multicastTtl(int hops);

  /** Whether what is sent to a group comes to this machine too. */
  void multicastLoopback(boolean on);

  /** By which interface datagrams to groups go: its address, or {@code ::%name}. */
  void multicastInterface(InetAddress by);

  /** Joins or leaves a group. */
  void membership(Change change, InetAddress group, Optional<InetAddress> by);

  /** Joins or leaves what one sender sends to a group. */
  void membership(Change change, InetAddress group, InetAddress source, Optional<InetAddress> by);

  /**
   * Datagrams that the system has dropped because nobody took them in time: its buffer was full.
   * Empty where it does not say.
   */
  OptionalLong dropped();

  /** What happens to a membership. */
  enum Change {
    ADD,
    DROP
  }

  /** Asks whether a number of hops is one. */
  static int hops(int hops, int least, String syscall) {
    if (hops < least || hops > MAX_TTL) {
      throw new UdpException("EINVAL", syscall);
    }
    return hops;
  }

  /** Addresses of two families don't mix. */
  static void sameFamily(InetAddress group, Optional<InetAddress> other, String syscall) {
    if (other.isPresent() && other.get() instanceof Inet4Address != group instanceof Inet4Address) {
      throw new UdpException("EINVAL", syscall);
    }
  }
}
