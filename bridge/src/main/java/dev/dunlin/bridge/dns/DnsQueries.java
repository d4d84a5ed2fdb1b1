package dev.dunlin.bridge.dns;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.util.concurrent.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Asks DNS servers, by the resolver that Vert.x has inside: over UDP, and over TCP what was too
 * long for that.
 *
 * <p><i>Thread:</i> the loop that asks.
 */
final class DnsQueries {
  private DnsQueries() {}

  /**
   * What is asked.
   *
   * @param syscall Node's name of the call, for errors
   * @param timeoutMs how long one server may take
   * @param tries how often every server is asked
   */
  record Query(
      String name, DnsRecordType type, String syscall, String asked, long timeoutMs, int tries) {
    BridgeError error(String code) {
      return new BridgeError(
          "Error",
          code,
          syscall + " " + code + " " + asked,
          Map.of("syscall", syscall, "hostname", asked));
    }
  }

  /** The records of an answer to {@code query}, by the first server that has one. */
  static io.vertx.core.Future<List<Map<String, Object>>> ask(
      Query query, List<InetSocketAddress> servers, Call call) {
    DnsQuestion question;
    try {
      question = new DefaultDnsQuestion(query.name(), query.type());
    } catch (IllegalArgumentException e) {
      return io.vertx.core.Future.failedFuture(query.error("EBADNAME"));
    }
    List<InetSocketAddress> turns = new ArrayList<>();
    for (int i = 0; i < query.tries(); i++) {
      turns.addAll(servers);
    }
    Promise<List<Map<String, Object>>> done = Promise.promise();
    DnsNameResolver resolver = resolver(query.timeoutMs());
    ask(resolver, query, question, turns, 0, call, done);
    return done.future().onComplete(answer -> resolver.close());
  }

  private static void ask(
      DnsNameResolver resolver,
      Query query,
      DnsQuestion question,
      List<InetSocketAddress> turns,
      int turn,
      Call call,
      Promise<List<Map<String, Object>>> done) {
    Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> asked =
        resolver.query(turns.get(turn), question);
    call.cancelled().onSuccess(gone -> asked.cancel(false));
    asked.addListener(
        answer -> {
          if (asked.isCancelled()) {
            done.tryFail(query.error("ECANCELLED"));
            return;
          }
          String code;
          if (asked.isSuccess()) {
            AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = asked.getNow();
            try {
              code = failure(envelope.content().code());
              if (code.isEmpty()) {
                List<Map<String, Object>> found = records(query.type(), envelope.content());
                if (found.isEmpty()) {
                  done.tryFail(query.error("ENODATA"));
                } else {
                  done.tryComplete(found);
                }
                return;
              }
            } catch (RuntimeException malformed) {
              // A server may send anything.
              code = "EBADRESP";
            } finally {
              envelope.release();
            }
          } else {
            code =
                asked.cause() instanceof DnsNameResolverTimeoutException
                    ? "ETIMEOUT"
                    : "ECONNREFUSED";
          }
          // That there is no such name is an answer; with all else another server may do better.
          if (code.equals("ENOTFOUND") || turn + 1 == turns.size()) {
            done.tryFail(query.error(code));
          } else {
            ask(resolver, query, question, turns, turn + 1, call, done);
          }
        });
  }

  private static List<Map<String, Object>> records(DnsRecordType type, DnsResponse response) {
    List<Map<String, Object>> found = new ArrayList<>();
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      var record = response.recordAt(DnsSection.ANSWER, i);
      if (type.equals(DnsRecordType.ANY) || record.type().equals(type)) {
        DnsRecords.read(record).ifPresent(found::add);
      }
    }
    return found;
  }

  /** Node's code for what a server says; empty if it has an answer. */
  private static String failure(DnsResponseCode code) {
    if (code.equals(DnsResponseCode.NOERROR)) {
      return "";
    }
    return switch (code.toString().replaceAll("\\(.*", "").toUpperCase(Locale.ROOT)) {
      case "NXDOMAIN" -> "ENOTFOUND";
      case "FORMERR" -> "EFORMERR";
      case "NOTIMP" -> "ENOTIMP";
      case "REFUSED" -> "EREFUSED";
      default -> "ESERVFAIL";
    };
  }

  private static DnsNameResolver resolver(long timeoutMs) {
    return new DnsNameResolverBuilder(((ContextInternal) Vertx.currentContext()).nettyEventLoop())
        .datagramChannelType(NioDatagramChannel.class)
        .socketChannelType(NioSocketChannel.class)
        // A port of its own for each: who guesses it forges one answer at most.
        .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
        .queryTimeoutMillis(timeoutMs)
        .build();
  }
}
