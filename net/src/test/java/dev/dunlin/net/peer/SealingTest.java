package dev.dunlin.net.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.scheduler.Lane;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SealingTest {
  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void longWorkIsDoneOffTheEventLoopsAndComesBackToTheLane() {
    Vertx vertx = Vertx.vertx();
    try {
      Lane lane = Lane.create(vertx, "peer");
      Sealing beside = Sealing.beside(vertx, lane);
      List<Boolean> where =
          await(
              lane.call(
                  () ->
                      beside
                          .away(Context::isOnEventLoopThread)
                          .map(onLoop -> List.of(onLoop, lane.isCurrent()))));
      assertEquals(List.of(false, true), where);
      String fault =
          await(
              lane.call(
                  () ->
                      beside
                          .<String>away(
                              () -> {
                                throw new IllegalStateException("broken");
                              })
                          .recover(why -> Future.succeededFuture(why.getMessage()))));
      assertEquals("broken", fault);
    } finally {
      await(vertx.close());
    }
  }
}
