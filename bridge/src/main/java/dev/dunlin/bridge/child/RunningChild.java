package dev.dunlin.bridge.child;

import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.scheduler.process.ChildProcess;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A child of a document, under its handle. Closing it ends the child and what that has started. */
final class RunningChild implements Inspectable, AutoCloseable {
  private static final int SIGNALLED = 128;

  final ChildProcess process;
  final StdinWriter stdin;
  private final String name;
  private final boolean shell;
  private final Set<Integer> sent = ConcurrentHashMap.newKeySet();

  /**
   * @param shell whether it is a shell, whose exit code 128 + n tells of another's death
   */
  RunningChild(ChildProcess process, String name, boolean shell) {
    this.process = process;
    this.name = name;
    this.stdin = new StdinWriter(name, process.stdin());
    this.shell = shell;
    process.exit().onComplete(ended -> stdin.stop());
  }

  /** How a child ended: one of both. */
  record End(Optional<Integer> code, Optional<String> signal) {}

  /**
   * How it ended. The JDK tells a death by signal n as exit code 128 + n, which a program may also
   * choose: it is taken for a signal if we have sent that one, or if the child is no shell.
   */
  Future<End> end() {
    return process.exit().map(this::end);
  }

  private End end(int code) {
    Optional<String> signal =
        code > SIGNALLED && (!shell || sent.contains(code - SIGNALLED))
            ? Signals.name(code - SIGNALLED)
            : Optional.empty();
    return new End(signal.isPresent() ? Optional.empty() : Optional.of(code), signal);
  }

  boolean signal(int number) {
    sent.add(number);
    return Signals.send(process, number);
  }

  @Override
  public Future<Map<String, Object>> inspect() {
    return Future.succeededFuture(
        Map.of("name", name, "pid", process.pid(), "running", process.isAlive()));
  }

  @Override
  public void close() {
    process.killTree();
    stdin.stop();
    // What lives on in a session of its own would hold our readers.
    process.closeOutput();
  }
}
