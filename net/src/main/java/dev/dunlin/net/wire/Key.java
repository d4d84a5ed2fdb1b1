package dev.dunlin.net.wire;

import dev.dunlin.net.nat.NatType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys of control messages. An unknown one makes others drop the whole packet. */
public enum Key {
  REQUESTER_PEER_ID("requesterPeerId", Kind.PEER_ID),
  RESPONDER_PEER_ID("responderPeerId", Kind.PEER_ID),
  CACHE_SUMMARY_HASH("cacheSummaryHash", Kind.SHA1),
  PROBE_EXTERNAL_PORT("probeExternalPort", Kind.PORT),
  REFLECTION_ID("reflectionId", Kind.REFLECTION_ID),
  PING_ID("pingId", Kind.PING_ID),
  NAT_TYPE("natType", Kind.NAT_TYPE),
  UPTIME("uptime", Kind.NUMBER),
  CACHE_SIZE("cacheSize", Kind.NUMBER),
  IS_CONNECTION("isConnection", Kind.FLAG),
  IS_REFLECTION("isReflection", Kind.FLAG),
  IS_PROBE("isProbe", Kind.FLAG),
  IS_DEBUG("isDebug", Kind.FLAG),
  TIMESTAMP("timestamp", Kind.NUMBER),
  PORT("port", Kind.PORT),
  ADDRESS("address", Kind.ADDRESS),
  REJECTED("rejected", Kind.FLAG),
  IS_RENDEZVOUS("isRendezvous", Kind.FLAG),
  RENDEZVOUS_ADDRESS("rendezvousAddress", Kind.ADDRESS),
  RENDEZVOUS_PORT("rendezvousPort", Kind.PORT),
  RENDEZVOUS_TYPE("rendezvousType", Kind.NAT_TYPE),
  RENDEZVOUS_PEER_ID("rendezvousPeerId", Kind.PEER_ID),
  RENDEZVOUS_DEADLINE("rendezvousDeadline", Kind.NUMBER),
  RENDEZVOUS_REQUESTER_PEER_ID("rendezvousRequesterPeerId", Kind.PEER_ID),
  KEY("key", Kind.TEXT);

  /** What a value may be. */
  enum Kind {
    PEER_ID,
    SHA1,
    PORT,
    REFLECTION_ID,
    PING_ID,
    NAT_TYPE,
    NUMBER,
    FLAG,
    ADDRESS,
    TEXT
  }

  /** The keys of a kind of message, in the order in which they are checked. */
  record Schema(List<Key> keys, List<Key> required, long bits) {
    Schema(List<Key> keys, List<Key> required) {
      this(keys, required, keys.stream().mapToLong(key -> 1L << key.ordinal()).sum());
    }

    boolean has(Key key) {
      return (bits >>> key.ordinal() & 1) == 1;
    }
  }

  static final Map<PacketType, Schema> SCHEMAS =
      Map.of(
          PacketType.PING,
          new Schema(
              List.of(
                  REQUESTER_PEER_ID,
                  CACHE_SUMMARY_HASH,
                  PROBE_EXTERNAL_PORT,
                  REFLECTION_ID,
                  PING_ID,
                  NAT_TYPE,
                  UPTIME,
                  CACHE_SIZE,
                  IS_CONNECTION,
                  IS_REFLECTION,
                  IS_PROBE,
                  IS_DEBUG,
                  TIMESTAMP),
              List.of(REQUESTER_PEER_ID)),
          PacketType.PONG,
          new Schema(
              List.of(
                  REQUESTER_PEER_ID,
                  RESPONDER_PEER_ID,
                  CACHE_SUMMARY_HASH,
                  PORT,
                  ADDRESS,
                  UPTIME,
                  CACHE_SIZE,
                  NAT_TYPE,
                  IS_REFLECTION,
                  IS_CONNECTION,
                  REFLECTION_ID,
                  PING_ID,
                  IS_DEBUG,
                  IS_PROBE,
                  REJECTED),
              List.of(REQUESTER_PEER_ID, RESPONDER_PEER_ID)),
          PacketType.INTRO,
          new Schema(
              List.of(
                  REQUESTER_PEER_ID,
                  RESPONDER_PEER_ID,
                  IS_RENDEZVOUS,
                  NAT_TYPE,
                  ADDRESS,
                  PORT,
                  TIMESTAMP),
              List.of(REQUESTER_PEER_ID, RESPONDER_PEER_ID, NAT_TYPE, ADDRESS, PORT)),
          PacketType.JOIN,
          new Schema(
              List.of(
                  RENDEZVOUS_ADDRESS,
                  RENDEZVOUS_PORT,
                  RENDEZVOUS_TYPE,
                  RENDEZVOUS_PEER_ID,
                  RENDEZVOUS_DEADLINE,
                  RENDEZVOUS_REQUESTER_PEER_ID,
                  REQUESTER_PEER_ID,
                  NAT_TYPE,
                  ADDRESS,
                  KEY,
                  PORT,
                  IS_CONNECTION),
              List.of(REQUESTER_PEER_ID, NAT_TYPE, ADDRESS, PORT)));

  private static final Map<String, Key> BY_NAME = new HashMap<>();

  /** Twice as many places as there are keys, and more. */
  private static final int PLACES = 64;

  private static final Key[] BY_BYTES = new Key[PLACES];

  private static final boolean[] HEX_DIGITS = new boolean[128];

  static {
    for (char c : "0123456789abcdef".toCharArray()) {
      HEX_DIGITS[c] = true;
    }
    for (Key key : values()) {
      BY_NAME.put(key.json, key);
      byte[] name = key.json.getBytes(StandardCharsets.US_ASCII);
      int place = place(name, 0, name.length);
      while (BY_BYTES[place] != null) {
        place = (place + 1) % PLACES;
      }
      BY_BYTES[place] = key;
    }
  }

  private final String json;
  private final String quoted;
  private final Kind kind;

  Key(String json, Kind kind) {
    this.json = json;
    this.quoted = '"' + json + "\":";
    this.kind = kind;
  }

  /** Its name in JSON. */
  public String json() {
    return json;
  }

  /** Its name, quoted, and a colon. */
  String quoted() {
    return quoted;
  }

  /** Whether its value is 64 hex digits. */
  boolean isId() {
    return kind == Kind.PEER_ID;
  }

  static Key named(String json) {
    return BY_NAME.get(json);
  }

  /** Null when no key is named so. */
  static Key named(byte[] bytes, int from, int end) {
    if (from == end) {
      return null;
    }
    for (int place = place(bytes, from, end);
        BY_BYTES[place] != null;
        place = (place + 1) % PLACES) {
      if (isNamed(BY_BYTES[place].json, bytes, from, end)) {
        return BY_BYTES[place];
      }
    }
    return null;
  }

  private static int place(byte[] bytes, int from, int end) {
    return ((end - from) * 7 + bytes[from] * 31 + bytes[end - 1]) & PLACES - 1;
  }

  private static boolean isNamed(String name, byte[] bytes, int from, int end) {
    if (name.length() != end - from) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }

  /** True when the value is what the key demands. Values are String, Long, Double or Boolean. */
  boolean admits(Object value) {
    return switch (kind) {
      case PEER_ID -> isHex(value, 64, 64);
      case SHA1 -> isHex(value, 40, 40);
      case REFLECTION_ID -> isHex(value, 12, 12);
      case PING_ID -> isHex(value, 12, 13);
      case PORT -> value instanceof Long number && Endpoint.isPort(number);
      case NAT_TYPE -> value instanceof Long number && NatType.isValid(number);
      case NUMBER -> value instanceof Number number && number.doubleValue() >= 0;
      case FLAG -> value instanceof Boolean;
      case ADDRESS -> value instanceof String text && Endpoint.parseAddress(text).isPresent();
      case TEXT -> value instanceof String;
    };
  }

  private static boolean isHex(Object value, int min, int max) {
    if (!(value instanceof String text) || text.length() < min || text.length() > max) {
      return false;
    }
    boolean hex = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // No branch that depends on the digit: half of them would be guessed wrong.
      hex &= c < HEX_DIGITS.length && HEX_DIGITS[c];
    }
    return hex;
  }
}
