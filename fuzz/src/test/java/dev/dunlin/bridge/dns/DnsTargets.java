package dev.dunlin.bridge.dns;

import dev.dunlin.bridge.JsonValues;
import dev.dunlin.fuzz.Target;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DnsSection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What name servers answer. */
public final class DnsTargets {
  private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 53);

  private DnsTargets() {}

  public static List<Target> all() {
    return List.of(new Target("dns", 64 << 10, DnsTargets::answer));
  }

  /** RFC 1035, 2.3.4, give or take the dots. */
  private static final int NAME_LENGTH = 255;

  /** Refused by a RuntimeException, which is EBADRESP to the page, or JSON; no name is longer. */
  private static void answer(byte[] input) throws IOException {
    EmbeddedChannel channel = new EmbeddedChannel(new DatagramDnsResponseDecoder());
    try {
      channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(input), HERE, HERE));
      DatagramDnsResponse response = channel.readInbound();
      if (response != null && response.count(DnsSection.QUESTION) > 0) {
        String name = response.recordAt(DnsSection.QUESTION).name();
        if (name.length() > NAME_LENGTH) {
          throw new AssertionError("a name of " + name.length() + " characters");
        }
      }
      for (int i = 0; response != null && i < response.count(DnsSection.ANSWER); i++) {
        Optional<Map<String, Object>> read;
        try {
          read = DnsRecords.read(response.recordAt(DnsSection.ANSWER, i));
        } catch (RuntimeException malformed) {
          continue;
        }
        if (read.isPresent()) {
          JsonValues.read(JsonValues.text(read.get()));
        }
      }
      if (response != null) {
        response.release();
      }
    } catch (RuntimeException malformed) {
      return;
    } finally {
      channel.close();
    }
  }
}
