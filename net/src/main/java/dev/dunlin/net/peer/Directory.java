package dev.dunlin.net.peer;

import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The peers we know, bounded. Lane: the peer's. */
final class Directory {
  /** How many places are looked at for one to be given up: a full table must not cost a scan. */
  private static final int EVICTION_SCAN = 64;

  /** The largest part of a table more than half full that one network of 256 addresses may hold. */
  private static final int NETWORK_SHARE = 4;

  private final Core core;
  private final int max;
  private final Map<Id, Remote> byId = new HashMap<>();

  /** The same: every tick looks at all of them, and a list is read faster than a map. */
  private final List<Remote> list = new ArrayList<>();

  private final Map<Endpoint, Remote> byEndpoint = new HashMap<>();
  private final Map<Integer, Integer> perNetwork = new HashMap<>();

  /** How often {@link #byEndpoint} has changed. */
  private long changes;

  Directory(Core core) {
    this.core = core;
    this.max = core.config.introducer() ? Limits.MAX_PEERS_OF_INTRODUCER : Limits.MAX_PEERS;
  }

  Optional<Remote> get(Id id) {
    return Optional.ofNullable(byId.get(id));
  }

  Optional<Remote> at(Endpoint endpoint) {
    return Optional.ofNullable(byEndpoint.get(endpoint));
  }

  /** As {@link #at}, of the path there; looked up again only when something has changed. */
  Optional<Remote> at(Path path, Endpoint endpoint) {
    if (path.remoteAsOf != changes) {
      path.remote = at(endpoint);
      path.remoteAsOf = changes;
    }
    return path.remote;
  }

  /** In the order in which they came. Not to be kept: it changes as they come and go. */
  List<Remote> all() {
    return list;
  }

  /** Nothing when there is no place for one more. */
  Optional<Remote> add(Id id, Endpoint endpoint, boolean indexed, Datagrams.Socket socket) {
    Remote known = byId.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    int network = endpoint.address() >>> 8;
    boolean crowded =
        byId.size() > max / 2
            && perNetwork.getOrDefault(network, 0) >= max / NETWORK_SHARE
            && !isPrivate(endpoint.address());
    if (!indexed && (crowded || byId.size() >= max && !evict())) {
      return Optional.empty();
    }
    Remote remote = new Remote(id, endpoint, indexed, socket);
    remote.jitter = 0.9 + 0.2 * core.random.fraction();
    byId.put(id, remote);
    list.add(remote);
    byEndpoint.putIfAbsent(endpoint, remote);
    changes++;
    perNetwork.merge(network, 1, Integer::sum);
    return Optional.of(remote);
  }

  /** True of loopback and of networks behind a NAT, where all have the same first bytes. */
  static boolean isPrivate(int address) {
    return address >>> 24 == 127 || isLan(address);
  }

  /** True of networks behind a NAT. */
  static boolean isLan(int address) {
    return address >>> 24 == 10
        || address >>> 20 == (172 << 4 | 1)
        || address >>> 16 == (192 << 8 | 168);
  }

  private boolean evict() {
    Remote worst = null;
    for (Remote remote : list.subList(0, Math.min(EVICTION_SCAN, list.size()))) {
      if (!remote.indexed
          && !remote.connected
          && (worst == null || remote.heardAt < worst.heardAt)) {
        worst = remote;
      }
    }
    if (worst == null) {
      return false;
    }
    remove(worst);
    return true;
  }

  void remove(Remote remote) {
    byId.remove(remote.id);
    list.remove(remote);
    changes++;
    byEndpoint.remove(remote.endpoint, remote);
    perNetwork.computeIfPresent(
        remote.endpoint.address() >>> 8, (key, count) -> count == 1 ? null : count - 1);
  }

  void move(Remote remote, Endpoint endpoint) {
    if (!remote.endpoint.equals(endpoint)) {
      byEndpoint.remove(remote.endpoint, remote);
      perNetwork.computeIfPresent(
          remote.endpoint.address() >>> 8, (key, count) -> count == 1 ? null : count - 1);
      remote.endpoint = endpoint;
      changes++;
      perNetwork.merge(endpoint.address() >>> 8, 1, Integer::sum);
    }
    if (byEndpoint.put(endpoint, remote) != remote) {
      changes++;
    }
  }

  /** Those reached directly that are so, in random order. */
  List<Remote> direct(Predicate<Remote> predicate) {
    List<Remote> direct = new ArrayList<>();
    for (Remote remote : list) {
      if (remote.isDirect() && predicate.test(remote)) {
        direct.add(remote);
      }
    }
    core.random.shuffle(direct);
    return direct;
  }

  /** True when there is one at least; found much sooner than {@link #links}. */
  boolean hasLink(Id subcluster) {
    for (Remote remote : list) {
      if (isLink(remote, subcluster)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLink(Remote remote, Id subcluster) {
    return remote.isDirect() && !remote.indexed && remote.isIn(subcluster);
  }

  int links(Id subcluster) {
    int links = 0;
    for (Remote remote : list) {
      links += isLink(remote, subcluster) ? 1 : 0;
    }
    return links;
  }

  int size() {
    return byId.size();
  }
}
