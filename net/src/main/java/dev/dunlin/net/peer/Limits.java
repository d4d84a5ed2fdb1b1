package dev.dunlin.net.peer;

/** The bounds of a peer, and what happens beyond each. Times are in milliseconds. */
final class Limits {
  private Limits() {}

  /** Configured introducers; more are refused with EINVAL. */
  static final int MAX_INTRODUCERS = 64;

  /** Peers known to a client; one more pushes out the one heard from longest ago. */
  static final int MAX_PEERS = 256;

  /** Peers known to an introducer; as {@link #MAX_PEERS}. */
  static final int MAX_PEERS_OF_INTRODUCER = 8192;

  /** Endpoints with state (cookie, quota, pace); one more pushes out the one used longest ago. */
  static final int MAX_PATHS = 1024;

  /** As {@link #MAX_PATHS}, of an introducer. */
  static final int MAX_PATHS_OF_INTRODUCER = 16384;

  /** Addresses whose packets are counted; one more pushes out the one used longest ago. */
  static final int MAX_HOSTS = 4096;

  /** Subclusters noted of another peer; further ones are not noted. */
  static final int MAX_SUBCLUSTERS_OF_REMOTE = 16;

  /** Subclusters we are in; more fail with ENOSPC. */
  static final int MAX_SUBCLUSTERS = 1024;

  /** Packet ids remembered, cache or no cache; one more forgets the one used longest ago. */
  static final int MAX_SEEN = 32_768;

  /** How long an id is remembered: longer than any cache keeps its packet. */
  static final long SEEN_MILLIS = 48 * 3_600_000L;

  /** Joins, intros, syncs and questions handled lately, by id; the oldest are forgotten. */
  static final int MAX_GATES = 8192;

  /** Ways back of questions; the oldest are forgotten, their answers lost. */
  static final int MAX_ROUTES = 1024;

  /** Messages being put together, of streams and of answers; the oldest are forgotten. */
  static final int MAX_COMPOSING = 64;

  /** Bytes of fragments held for streams; beyond it the oldest message is forgotten. */
  static final int MAX_COMPOSING_BYTES = 16 * 1024 * 1024;

  /** Datagrams waiting for their turn; beyond it the least important ones are dropped. */
  static final int MAX_QUEUED = 8192;

  /** Own messages not yet sent to anybody; beyond it the oldest are given up (they stay cached). */
  static final int MAX_UNPUBLISHED = 4096;

  /**
   * Datagrams a second to one endpoint; more wait. A peer that has just started takes no more: what
   * its system's buffer can't hold is lost, and to repair that takes far longer.
   */
  static final int SENDS_PER_SECOND = 2000;

  /** Datagrams at once to one endpoint; more wait. */
  static final int SEND_BURST = 64;

  /** Bytes sent for a byte received, to who has not proved that it is there; more are dropped. */
  static final int AMPLIFICATION = 3;

  /** How long a proof of being there counts, in keep-alives. */
  static final int PROOF_KEEP_ALIVES = 4;

  /** Publish and Join packets a minute from one endpoint; more are dropped. */
  static final int RELAYED_PER_MINUTE = 8192;

  /** Other packets a minute from one endpoint; more are dropped. */
  static final int PACKETS_PER_MINUTE = 1_048_576;

  /** Times the quota of one endpoint that an address as a whole has; more are dropped. */
  static final int QUOTAS_PER_HOST = 8;

  /** Packets sent in answer to one Sync; the asker asks again for the rest. */
  static final int MAX_SYNC_PACKETS = 64;

  /** Least time between two Syncs of our own with one peer, other than a continued one. */
  static final long SYNC_MILLIS = 6_000;

  /** Answers to Syncs of one endpoint a second, in packets; more are dropped. */
  static final int SYNC_PACKETS_PER_SECOND = 256;

  /** Direct links we want within a subcluster; below it we ask to be introduced. */
  static final int LINKS_WANTED = 6;

  /** With fewer we ask often. */
  static final int LINKS_LOW = 4;

  /** With more, introductions are declined. */
  static final int LINKS_HIGH = 12;

  /** Introductions for one join by one peer. */
  static final int INTROS_PER_JOIN = 2;

  /** As {@link #INTROS_PER_JOIN}, by an introducer to whom the joiner itself came. */
  static final int INTROS_BY_INTRODUCER = 4;

  /** How long the same join is not handled again. */
  static final long JOIN_GATE_MILLIS = 700;

  /** How long a join of the same peer is not passed on again. */
  static final long JOIN_RELAY_MILLIS = 60_000;

  /** Connections being tried at once; further introductions are declined. */
  static final int MAX_ATTEMPTS = 16;

  /** Sockets on the hard side of a birthday. */
  static final int BIRTHDAY_SOCKETS = 256;

  /** Ports that the easy side of a birthday opens. */
  static final int BIRTHDAY_PORTS = 1024;

  /** Probes of the hard side; then it gives up. */
  static final int BIRTHDAY_PROBES = 512;

  /** Pace of the probes. */
  static final long BIRTHDAY_MILLIS = 10;

  /** Ports opened every {@link #BIRTHDAY_MILLIS}. */
  static final int OPENERS_AT_ONCE = 32;

  /** Least time between two birthdays: each costs a thousand datagrams. */
  static final long BIRTHDAY_PAUSE_MILLIS = 5_000;

  /** Friends (members of the same subcluster) that a packet is passed on to. */
  static final int FAN_OUT_FRIENDS = 12;

  /** Others that a packet is passed on to. */
  static final int FAN_OUT_OTHERS = 2;

  /** Friends that an own message is sent to. */
  static final int FLOOD = 32;

  /** How long after a question its answers count. */
  static final long QUERY_MILLIS = 2048;

  /** How far clocks may be apart. */
  static final long CLOCK_SKEW_MILLIS = 30_000;

  /** Rendezvous replies a minute to one address that has not proved to be there. */
  static final int RENDEZVOUS_PER_MINUTE = 2;

  /** Knocks at once at places in our own network that introducers named; more are not done. */
  static final int LAN_PROBES = 8;

  /** As {@link #LAN_PROBES}, a second in the long run. */
  static final double LAN_PROBES_PER_SECOND = 0.2;

  /** Places in our own network with a lower port are not knocked at: services are there. */
  static final int MIN_LAN_PORT = 1024;

  /** Of the ways inside and outside the first to answer stays, unless it is silent this long. */
  static final long FIRST_WAY_MILLIS = 5_000;

  /** Longer messages are sealed and opened beside the lane, which others wait for meanwhile. */
  static final int LONG_BYTES = 64 * 1024;

  /** So many of those at once; further ones hold up the lane, and so whoever sends them. */
  static final int MAX_AWAY = 8;

  /** Silent pings after which a link is given up. */
  static final int MAX_MISSED = 3;
}
