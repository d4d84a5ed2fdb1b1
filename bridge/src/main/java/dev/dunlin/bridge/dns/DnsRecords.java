package dev.dunlin.bridge.dns;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsPtrRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Resource records as Node's {@code dns.resolveAny} shows them, and their time to live. */
final class DnsRecords {
  private DnsRecords() {}

  /**
   * One record; empty for a kind that Node does not know.
   *
   * @throws RuntimeException if the record is not what its kind says
   */
  static Optional<Map<String, Object>> read(DnsRecord record) {
    Map<String, Object> read = new LinkedHashMap<>();
    read.put("type", record.type().name());
    read.put("ttl", record.timeToLive());
    if (record instanceof DnsPtrRecord pointer) {
      read.put("value", name(pointer.hostname()));
      return Optional.of(read);
    }
    if (!(record instanceof DnsRawRecord raw)) {
      return Optional.empty();
    }
    // A duplicate: names in it point to other places of the message, by number.
    ByteBuf in = raw.content().duplicate();
    DnsRecordType type = record.type();
    if (type.equals(DnsRecordType.A) || type.equals(DnsRecordType.AAAA)) {
      byte[] address = bytes(in, type.equals(DnsRecordType.A) ? 4 : 16);
      read.put("address", NetUtil.bytesToIpAddress(address));
    } else if (type.equals(DnsRecordType.CNAME) || type.equals(DnsRecordType.NS)) {
      read.put("value", name(in));
    } else if (type.equals(DnsRecordType.MX)) {
      read.put("priority", in.readUnsignedShort());
      read.put("exchange", name(in));
    } else if (type.equals(DnsRecordType.TXT)) {
      List<String> entries = new ArrayList<>();
      while (in.isReadable()) {
        entries.add(text(in));
      }
      read.put("entries", entries);
    } else if (type.equals(DnsRecordType.SRV)) {
      read.put("priority", in.readUnsignedShort());
      read.put("weight", in.readUnsignedShort());
      read.put("port", in.readUnsignedShort());
      read.put("name", name(in));
    } else if (type.equals(DnsRecordType.SOA)) {
      read.put("nsname", name(in));
      read.put("hostmaster", name(in));
      for (String field : List.of("serial", "refresh", "retry", "expire", "minttl")) {
        read.put(field, in.readUnsignedInt());
      }
    } else if (type.equals(DnsRecordType.NAPTR)) {
      read.put("order", in.readUnsignedShort());
      read.put("preference", in.readUnsignedShort());
      read.put("flags", text(in));
      read.put("service", text(in));
      read.put("regexp", text(in));
      read.put("replacement", name(in));
    } else if (type.equals(DnsRecordType.CAA)) {
      read.put("critical", (int) in.readUnsignedByte());
      String tag = text(in);
      read.put("tag", tag);
      read.put("value", new String(bytes(in, in.readableBytes()), StandardCharsets.ISO_8859_1));
    } else {
      return Optional.empty();
    }
    return Optional.of(read);
  }

  private static String name(ByteBuf in) {
    return name(DefaultDnsRecordDecoder.decodeName(in));
  }

  /** Without the root's dot, as Node. */
  private static String name(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static String text(ByteBuf in) {
    return new String(bytes(in, in.readUnsignedByte()), StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(ByteBuf in, int length) {
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return bytes;
  }
}
