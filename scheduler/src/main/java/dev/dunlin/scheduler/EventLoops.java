package dev.dunlin.scheduler;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxBootstrap;
import java.util.concurrent.CompletableFuture;

/** Vert.x as Dunlin uses it: one event loop, a few workers. */
public final class EventLoops {
  private static final int WORKERS = 4;

  static {
    // Else Vert.x tries SLF4J first, and puts something else in the place of System.err meanwhile:
    // who takes hold of it just then writes to nobody.
    System.setProperty(
        "vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.JULLogDelegateFactory");
    // Nobody resolves names by Vert.x (DnsQueries has a resolver of its own), so it need not make
    // a DNS client at each start; the JVM's resolver stands in its place, and would hold up the
    // event loop at a name: what sends by Vert.x gives addresses.
    System.setProperty("vertx.disableDnsResolver", "true");
    // A start does not ask which Linux this is: Netty wants to know for OpenSSL, which we have not.
    System.setProperty("io.netty.osClassifiers", "");
  }

  private EventLoops() {}

  /** {@link #create}, on a thread of its own. */
  public static CompletableFuture<Vertx> createAside(String thread) {
    return Threads.async(thread, EventLoops::create);
  }

  /** A Vert.x of its own. Close it when it is not used any more. */
  public static Vertx create() {
    // Else Netty looks through every jar of the class path for three logging libraries.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    // Not Vertx.vertx, which first loads all transports there are, and so the library of Netty's
    // epoll; what Vert.x does for us (timers, lanes, workers) needs none but Java's own. UDP has
    // event loops of its own (UdpTransport).
    return VertxBootstrap.create()
        .options(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(WORKERS)
                // Nothing is read through Vert.x: no folder in /tmp for copies out of jars, which a
                // process that ends while it starts would leave behind.
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)))
        .init()
        .vertx();
  }
}
