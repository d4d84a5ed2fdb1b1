package dev.dunlin.scheduler;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.function.Supplier;

/** A lane that is an event loop context of Vert.x. */
final class ContextLane implements Lane {
  private final ContextInternal context;
  private final String name;

  ContextLane(Vertx vertx, String name) {
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void execute(Runnable task) {
    context.runOnContext(ignored -> task.run());
  }

  @Override
  public boolean isCurrent() {
    // Identity of the context, not of its thread: two lanes may share an event loop thread.
    Context current = Vertx.currentContext();
    return current == context && context.inThread();
  }

  @Override
  public <T> Future<T> call(Supplier<Future<T>> task) {
    Promise<T> promise = context.promise();
    execute(() -> Calls.run(task, promise));
    return promise.future();
  }
}
