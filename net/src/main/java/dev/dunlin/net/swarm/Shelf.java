package dev.dunlin.net.swarm;

import dev.dunlin.net.wire.Id;
import io.vertx.core.Future;
import java.util.Optional;

/** What we have for others. Called on the swarm's lane; must not block it. */
public interface Shelf {
  /** Has nothing. */
  Shelf EMPTY =
      new Shelf() {
        @Override
        public Optional<Offer> offer() {
          return Optional.empty();
        }

        @Override
        public Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes) {
          return Future.succeededFuture(Optional.empty());
        }
      };

  /** The version that we have, if we may tell. */
  Optional<Offer> offer();

  /**
   * A part of a content, from any thread; empty where we have none, or it ends before.
   *
   * @param content SHA-256, chosen by a stranger
   */
  Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes);
}
