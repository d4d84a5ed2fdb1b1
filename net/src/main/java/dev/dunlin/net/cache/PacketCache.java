package dev.dunlin.net.cache;

import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The Publish packets that a peer keeps, for itself and for others, as they came. Its size is
 * bounded in packets and in bytes; when it is full, who filled it loses first. Thread: its owner's.
 */
public final class PacketCache {
  /** The most packets; beyond it one is evicted. */
  public static final int MAX_PACKETS = 6604;

  /** The most bytes of datagrams; beyond it packets are evicted. */
  public static final int MAX_BYTES = 16_000_000;

  /** A full cache evicts first from a source that has more than one part in so many. */
  private static final int SOURCE_SHARE = 16;

  private static final byte[] NO_PREFIX = {};

  /**
   * How long packets of clusters of our own stay whose ttl is the longest there is: who was away
   * for a day finds them when it is back.
   */
  public static final long OWN_MILLIS = 25 * 3_600_000L;

  /** What a summary tells of. */
  public enum Window {
    /** What is no older than six hours: all peers keep that, whatever its cluster. */
    RECENT,
    /** Everything. */
    ALL
  }

  /** The summary of a whole window, and until when it holds if nothing comes or goes. */
  private record Root(Summary summary, String hash, long untilMillis) {}

  /**
   * What is kept of a packet.
   *
   * @param stampMillis when it was published, as far as we know
   * @param lasting whether it has the longest ttl there is
   */
  public record Entry(
      Id id,
      byte[] datagram,
      long stampMillis,
      long deadlineMillis,
      boolean lasting,
      boolean own,
      int source,
      Optional<Id> head,
      int index) {

    /**
     * Its datagram for somebody who gets it now. Its ttl is what is left of it, so that no packet
     * lives longer because it is passed on late; of a lasting one it is six hours, which is as much
     * as the peers there are look at, and what is left of {@link #OWN_MILLIS}.
     */
    public byte[] datagramAt(long now) {
      long left =
          lasting
              ? Packet.MAX_TTL_MILLIS + Math.max(1, stampMillis + OWN_MILLIS - now)
              : Math.max(1, deadlineMillis - now);
      return PacketCodec.withTtl(datagram, left);
    }
  }

  private final NavigableMap<Id, Entry> entries = new TreeMap<>();
  private final Map<Id, NavigableMap<Integer, Id>> parts = new HashMap<>();

  /** Who goes first, but for greedy sources: foreign before own, old before new. */
  private static final Comparator<Entry> ORDER =
      Comparator.comparing(Entry::own)
          .thenComparingLong(Entry::stampMillis)
          .thenComparing(Entry::id);

  private final TreeSet<Entry> ordered = new TreeSet<>(ORDER);
  private final Map<Integer, TreeSet<Entry>> bySource = new HashMap<>();

  /** Sources of more than their share: fewer than {@value #SOURCE_SHARE}. */
  private final Set<Integer> greedy = new HashSet<>();

  private final int maxPackets;
  private final int maxBytes;
  private long bytes;
  private long nextDeadline = Long.MAX_VALUE;
  private final Map<Window, Root> roots = new EnumMap<>(Window.class);

  public PacketCache() {
    this(MAX_PACKETS, MAX_BYTES);
  }

  PacketCache(int maxPackets, int maxBytes) {
    this.maxPackets = maxPackets;
    this.maxBytes = maxBytes;
  }

  /**
   * Keeps a packet.
   *
   * @param now milliseconds of whatever clock, the same for all calls
   * @param own whether its cluster is one that we are in
   * @param source the address it came from, 0 for ourselves
   * @return what had to go for it
   */
  public List<Entry> put(Packet packet, byte[] datagram, long now, boolean own, int source) {
    Optional<Id> id = Id.from(packet.packetId());
    if (id.isEmpty() || entries.containsKey(id.get())) {
      return List.of();
    }
    boolean lasting = packet.ttl() >= Packet.MAX_TTL_MILLIS;
    // See Entry.datagramAt; exactly six hours is a new one, or comes from another kind of peer.
    long left =
        packet.ttl() > Packet.MAX_TTL_MILLIS
            ? Math.min(packet.ttl() - Packet.MAX_TTL_MILLIS, OWN_MILLIS)
            : OWN_MILLIS;
    long stamp = lasting ? now - (OWN_MILLIS - left) : now;
    long life = lasting ? own ? OWN_MILLIS : Packet.MAX_TTL_MILLIS : packet.ttl();
    Optional<Id> head =
        packet.index() == 0
            ? id
            : packet.index() > 0 ? Id.from(packet.previousId()) : Optional.empty();
    Entry entry =
        new Entry(
            id.get(), datagram, stamp, stamp + life, lasting, own, source, head, packet.index());
    entries.put(entry.id, entry);
    head.ifPresent(
        key -> parts.computeIfAbsent(key, none -> new TreeMap<>()).put(entry.index, entry.id));
    ordered.add(entry);
    bySource.computeIfAbsent(source, none -> new TreeSet<>(ORDER)).add(entry);
    noteGreed(source);
    bytes += datagram.length;
    nextDeadline = Math.min(nextDeadline, entry.deadlineMillis);
    roots.clear();
    List<Entry> evicted = new ArrayList<>();
    while (entries.size() > maxPackets || bytes > maxBytes) {
      evicted.add(remove(victim(entry)));
    }
    return evicted;
  }

  /** Foreign before own, of a greedy source before others', old before new; never the newest. */
  private Entry victim(Entry newest) {
    Entry victim = first(ordered, newest).orElse(newest);
    return greedy.stream()
        .flatMap(source -> first(bySource.get(source), newest).stream())
        .filter(entry -> entry.own == victim.own)
        .min(ORDER)
        .orElse(victim);
  }

  private static Optional<Entry> first(TreeSet<Entry> entries, Entry but) {
    return entries.stream().filter(entry -> entry != but).findFirst();
  }

  private void noteGreed(int source) {
    TreeSet<Entry> theirs = bySource.get(source);
    if (source != 0 && theirs != null && theirs.size() > maxPackets / SOURCE_SHARE) {
      greedy.add(source);
    } else {
      greedy.remove(source);
    }
  }

  private Entry remove(Entry entry) {
    entries.remove(entry.id);
    entry.head.ifPresent(
        key ->
            parts.computeIfPresent(
                key,
                (none, byIndex) -> {
                  byIndex.remove(entry.index);
                  return byIndex.isEmpty() ? null : byIndex;
                }));
    ordered.remove(entry);
    bySource.computeIfPresent(
        entry.source,
        (key, theirs) -> {
          theirs.remove(entry);
          return theirs.isEmpty() ? null : theirs;
        });
    noteGreed(entry.source);
    bytes -= entry.datagram.length;
    roots.clear();
    return entry;
  }

  /** Drops what is too old and tells what that was. */
  public List<Entry> expire(long now) {
    if (now < nextDeadline) {
      return List.of();
    }
    List<Entry> expired = new ArrayList<>();
    nextDeadline = Long.MAX_VALUE;
    for (Entry entry : entries.values()) {
      if (entry.deadlineMillis <= now) {
        expired.add(entry);
      } else {
        nextDeadline = Math.min(nextDeadline, entry.deadlineMillis);
      }
    }
    expired.forEach(this::remove);
    return expired;
  }

  public Optional<Entry> get(Id id) {
    return Optional.ofNullable(entries.get(id));
  }

  /** The part of a fragmented message with this number, 0 for its head. */
  public Optional<Entry> part(Id head, int index) {
    return Optional.ofNullable(parts.get(head))
        .map(byIndex -> byIndex.get(index))
        .map(entries::get);
  }

  /** All parts there are of a fragmented message, the head first. */
  public List<Entry> parts(Id head) {
    NavigableMap<Integer, Id> byIndex = parts.get(head);
    return byIndex == null ? List.of() : byIndex.values().stream().map(entries::get).toList();
  }

  /** How many those are. */
  public int partCount(Id head) {
    NavigableMap<Integer, Id> byIndex = parts.get(head);
    return byIndex == null ? 0 : byIndex.size();
  }

  public int size() {
    return entries.size();
  }

  public long bytes() {
    return bytes;
  }

  public Collection<Entry> entries() {
    return entries.values();
  }

  /** Those of the window whose id begins with the prefix, in order of their ids. */
  public List<Entry> under(byte[] prefix, long now, Window window) {
    long oldest = window == Window.ALL ? Long.MIN_VALUE : now - Packet.MAX_TTL_MILLIS;
    byte[] first = new byte[Id.BYTES];
    for (int i = 0; i < prefix.length; i++) {
      first[i >> 1] |= (byte) (prefix[i] << ((i & 1) == 0 ? 4 : 0));
    }
    List<Entry> list = new ArrayList<>();
    for (Entry entry : entries.tailMap(Id.of(first), true).values()) {
      if (!Summary.startsWith(entry.id, prefix)) {
        break;
      }
      if (entry.stampMillis > oldest) {
        list.add(entry);
      }
    }
    return list;
  }

  /** What others are told. */
  public Summary summary(byte[] prefix, long now, Window window) {
    return prefix.length > 0
        ? Summary.of(prefix, ids(under(prefix, now, window)))
        : root(now, window).summary;
  }

  /** The hash of what is recent, as pings carry it. */
  public String recentHash(long now) {
    return root(now, Window.RECENT).hash;
  }

  private Root root(long now, Window window) {
    Root root = roots.get(window);
    if (root == null || now >= root.untilMillis) {
      List<Entry> fresh = under(NO_PREFIX, now, window);
      long until = Long.MAX_VALUE;
      for (Entry entry : window == Window.RECENT ? fresh : List.<Entry>of()) {
        until = Math.min(until, entry.stampMillis + Packet.MAX_TTL_MILLIS);
      }
      Summary summary = Summary.of(NO_PREFIX, ids(fresh));
      root = new Root(summary, summary.hashHex(), until);
      roots.put(window, root);
    }
    return root;
  }

  private static List<Id> ids(List<Entry> entries) {
    return entries.stream().map(Entry::id).toList();
  }
}
