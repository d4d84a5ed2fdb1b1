package dev.dunlin.bridge.dns;

import static dev.dunlin.bridge.Harness.await;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.net.NetServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A DNS server on loopback, UDP and TCP: answers are written here byte by byte. */
final class LoopbackDns implements AutoCloseable {
  static final int NXDOMAIN = 3;
  static final int SERVFAIL = 2;
  static final int REFUSED = 5;

  /** Every question, as {@code name/type number}, those over TCP with {@code tcp} before. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final DatagramSocket udp;
  private final NetServer tcp;
  private final Map<String, List<Buffer>> answers;

  /**
   * @param answers records by {@code name/type number}; a name without any gets NXDOMAIN, {@code
   *     silent.test} no answer, {@code long.test} over TCP only, {@code broken.test} what is no
   *     record
   */
  LoopbackDns(Vertx vertx, Map<String, List<Buffer>> answers) {
    this.answers = answers;
    udp = await(vertx.createDatagramSocket().listen(0, "127.0.0.1"));
    tcp =
        await(
            vertx
                .createNetServer()
                .connectHandler(
                    socket ->
                        socket.handler(
                            message ->
                                answer("tcp ", message.getBuffer(2, message.length()))
                                    .forEach(
                                        reply ->
                                            socket.write(
                                                Buffer.buffer()
                                                    .appendUnsignedShort(reply.length())
                                                    .appendBuffer(reply)))))
                .listen(udp.localAddress().port(), "127.0.0.1"));
    udp.handler(
        packet ->
            answer("", packet.data())
                .forEach(reply -> udp.send(reply, packet.sender().port(), packet.sender().host())));
  }

  int port() {
    return udp.localAddress().port();
  }

  String url(String name) {
    return "ipc://dns/resolveAt/127.0.0.1:" + port() + "/" + name;
  }

  private List<Buffer> answer(String lane, Buffer query) {
    StringBuilder name = new StringBuilder();
    int at = 12;
    for (int length; (length = query.getUnsignedByte(at)) > 0; at += length + 1) {
      name.append(name.isEmpty() ? "" : ".").append(query.getString(at + 1, at + 1 + length));
    }
    String question = name + "/" + query.getUnsignedShort(at + 1);
    asked.add(lane + question);
    if (name.toString().equals("silent.test")) {
      return List.of();
    }
    boolean cut = lane.isEmpty() && name.toString().equals("long.test");
    List<Buffer> records = cut ? List.of() : answers.getOrDefault(question, List.of());
    boolean known = answers.keySet().stream().anyMatch(key -> key.startsWith(name + "/"));
    int code =
        switch (name.toString()) {
          case "fails.test" -> SERVFAIL;
          case "refused.test" -> REFUSED;
          default -> known ? 0 : NXDOMAIN;
        };
    Buffer reply =
        Buffer.buffer()
            .appendUnsignedShort(query.getUnsignedShort(0))
            .appendUnsignedShort(0x8180 | (cut ? 0x200 : 0) | code)
            .appendUnsignedShort(1)
            .appendUnsignedShort(records.size())
            .appendInt(0)
            .appendBuffer(query.getBuffer(12, at + 5));
    records.forEach(reply::appendBuffer);
    return List.of(reply);
  }

  /** A record of the question's own name, by a pointer to it. */
  static Buffer record(int type, int ttl, Buffer data) {
    return Buffer.buffer()
        .appendUnsignedShort(0xc00c)
        .appendUnsignedShort(type)
        .appendUnsignedShort(1)
        .appendInt(ttl)
        .appendUnsignedShort(data.length())
        .appendBuffer(data);
  }

  /** Labels of a name, and a pointer to the question's name at its end. */
  static Buffer below(String label) {
    return text(label).appendUnsignedShort(0xc00c);
  }

  static Buffer text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return Buffer.buffer().appendUnsignedByte((short) bytes.length).appendBytes(bytes);
  }

  static Buffer shorts(int... values) {
    Buffer all = Buffer.buffer();
    for (int value : values) {
      all.appendUnsignedShort(value);
    }
    return all;
  }

  @Override
  public void close() {
    await(udp.close());
    await(tcp.close());
  }
}
