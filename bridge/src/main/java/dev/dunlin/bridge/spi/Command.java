package dev.dunlin.bridge.spi;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * The declaration of one command: what it is called, what it touches, where it runs. Policy reads
 * the declaration; the handler never sees an unchecked path.
 *
 * @param function the first path segment of the command URL
 * @param resource what the rest of the path names
 * @param permission how the right to call it is decided
 * @param runsOn the thread the handler starts on
 * @param handler what it does
 */
public record Command(
    String function, Resource resource, Permission permission, RunsOn runsOn, Handler handler) {

  public Command {
    Objects.requireNonNull(function);
    Objects.requireNonNull(resource);
    Objects.requireNonNull(permission);
    Objects.requireNonNull(runsOn);
    Objects.requireNonNull(handler);
  }

  /**
   * A command without a resource that tells a value, for whoever's policy allows it.
   *
   * @param value may block
   */
  public static Command telling(String function, Callable<Object> value) {
    return telling(function, RunsOn.WORKER, value);
  }

  /** As {@link #telling(String, Callable)}, of a value that may be had on another thread. */
  public static Command telling(String function, RunsOn runsOn, Callable<Object> value) {
    return new Command(
        function,
        new Resource.None(),
        Permission.POLICY,
        runsOn,
        call -> {
          try {
            return Future.succeededFuture(new Reply.Data(value.call()));
          } catch (Exception e) {
            return Future.failedFuture(e);
          }
        });
  }

  /**
   * A command without a resource that works out a value from its parameters, for whoever's policy
   * allows it.
   *
   * @param work may block; what it throws but {@link BridgeError} is a fault that the page is not
   *     told
   */
  public static Command answering(String function, Function<Call, Object> work) {
    return new Command(
        function,
        new Resource.None(),
        Permission.POLICY,
        RunsOn.WORKER,
        call -> Future.succeededFuture(new Reply.Data(work.apply(call))));
  }

  /** What the path of a command URL names after the function. */
  public sealed interface Resource {
    /** Nothing: the URL ends with the function. */
    record None() implements Resource {}

    /**
     * An absolute file path. The dispatcher takes its real path before the check.
     *
     * @param last whether a symbolic link as last segment is followed
     * @param access what a call does to the path; it may go by the call's parameters
     * @param alsoParam name of a second parameter that is a path too and is policed under the same
     *     function; empty if there is none. What it names is written at least
     */
    record File(LastSegment last, Function<Call, Access> access, String alsoParam)
        implements Resource {}

    /**
     * Free text, matched as it stands: a program, a UUID.
     *
     * @param alsoParam name of a parameter with more such texts (a list), each policed under the
     *     same function; empty if there is none
     */
    record Text(String alsoParam) implements Resource {
      public Text() {
        this("");
      }
    }

    /**
     * An address and a port, {@code 198.51.100.7:9000} or {@code [2001:db8::7]:9000}. A host's name
     * is resolved by the dispatcher, once, to an address of the family that the parameter {@code
     * family} asks for (4 or 6), and the policy is asked about that address in its canonical
     * spelling.
     *
     * @param handleParam name of a parameter with the id of an open handle on which the command
     *     acts; the call may leave it out. Empty if there is none
     */
    record Address(String handleParam) implements Resource {}

    /** The id of an open handle: {@code ipc://handle/<module>/<function>/<id>}. */
    record Handle() implements Resource {}
  }

  /** What the real path of a file resource means when its last segment is a symbolic link. */
  public enum LastSegment {
    /** The link's target is the resource (open, stat). */
    FOLLOW,
    /** The link itself is the resource (lstat, unlink, rename). */
    NO_FOLLOW
  }

  /**
   * What a call does to a path: the files that the app is made of are guarded from all but reads.
   */
  public enum Access {
    /** Changes nothing. */
    READ,
    /** Changes or makes what the path names, or what is in it. */
    WRITE,
    /** As {@link #WRITE}, and may take the name away or give it to something else. */
    REPLACE
  }

  /** Who may call a command. */
  public enum Permission {
    /** Whoever's policy allows the command URL. */
    POLICY,
    /**
     * As {@link #POLICY}, and only for the document of a window's top frame: asks the person at
     * that window. The handler may {@link Call#grant} what the person picks.
     */
    PERSON,
    /**
     * No policy decides. The bridge takes only those that stand in its list {@code AlwaysAllowed}.
     */
    ALWAYS
  }

  /** Where a handler starts. */
  public enum RunsOn {
    /**
     * Where its call arrives, which may be Chromium's UI thread: answers at once, in microseconds,
     * from memory, is safe to call from several threads, and may be called twice for one answer.
     * Saves the two changes of thread that are most of a short call's time.
     */
    ARRIVAL,
    /**
     * A thread for short looks at a local disk, straight from where its call arrives, which also
     * answers: answers with data, registers nothing, and runs to its end though cancelled. Where
     * those threads are busy, as {@link #WORKER}.
     */
    BRIEF,
    /** The bridge's event loop: must not block. */
    EVENT_LOOP,
    /**
     * The bridge's event loop, and then the page itself, which a synchronous request would hold up:
     * one is refused at once, with {@code ERR_SYNC_CALL}.
     */
    PAGE,
    /** A thread of the bounded worker pool: may block. */
    WORKER
  }

  /** What a command does. Fails its future with {@link BridgeError} for an expected failure. */
  @FunctionalInterface
  public interface Handler {
    Future<Reply> handle(Call call);
  }
}
