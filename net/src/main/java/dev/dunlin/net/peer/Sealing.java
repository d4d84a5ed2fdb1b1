package dev.dunlin.net.peer;

import dev.dunlin.net.crypto.Opened;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * What costs processor time: a simulation of a thousand peers puts something cheap in its place.
 */
public interface Sealing {
  byte[] seal(SubclusterKeys keys, byte[] plain, RandomSource random);

  Opened open(SubclusterKeys keys, byte[] sealed);

  byte[] sign(SigningKeys keys, byte[] message);

  boolean verify(byte[] publicKey, byte[] message, byte[] signature);

  byte[] signLegacy(SigningKeys keys, byte[] message);

  boolean verifyLegacy(byte[] publicKey, byte[] message, byte[] signature);

  /**
   * Does long work, and completes on the lane it was called on; the work itself may run anywhere.
   * Here it is done at once, which keeps virtual time what it is.
   */
  default <T> Future<T> away(Supplier<T> work) {
    return Future.succeededFuture(work.get());
  }

  /** The real one. */
  Sealing REAL = new RealSealing();

  /** The real one, whose long work is done by the workers of this Vert.x and not on the lane. */
  static Sealing beside(Vertx vertx, Lane lane) {
    return new RealSealing() {
      @Override
      public <T> Future<T> away(Supplier<T> work) {
        Promise<T> done = Promise.promise();
        vertx
            .executeBlocking(work::get, false)
            .onComplete(result -> lane.execute(() -> done.handle(result)));
        return done.future();
      }
    };
  }
}
