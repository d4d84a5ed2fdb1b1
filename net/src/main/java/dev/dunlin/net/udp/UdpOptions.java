package dev.dunlin.net.udp;

import java.util.Set;

/** How a socket is opened. */
public record UdpOptions(Family family, Set<Flag> flags) {
  public UdpOptions {
    flags = Set.copyOf(flags);
  }

  /** The system's defaults. */
  public static UdpOptions of(Family family) {
    return new UdpOptions(family, Set.of());
  }

  /** What addresses a socket deals with. */
  public enum Family {
    IPV4,
    /** IPv6, and IPv4 mapped into it unless {@link Flag#IPV6_ONLY}. */
    IPV6
  }

  /** What is off by default. */
  public enum Flag {
    REUSE_ADDRESS,
    REUSE_PORT,
    IPV6_ONLY
  }
}
