package dev.dunlin.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/**
 * The way every call goes, whichever lane it came by: find the command, resolve what it names, ask
 * the policy, run it where it declares, answer once.
 *
 * <p><i>Thread:</i> the loop, but for {@link #onArrival}.
 */
final class Dispatcher {
  private static final Logger LOG = System.getLogger(Dispatcher.class.getName());

  private final Loop loop;
  private final Commands commands;
  private final OwnFiles ownFiles;
  private final SecretFiles secretFiles;
  private volatile CallObserver observer = CallObserver.NONE;

  Dispatcher(Loop loop, Commands commands, OwnFiles ownFiles, SecretFiles secretFiles) {
    this.loop = loop;
    this.commands = commands;
    this.ownFiles = ownFiles;
    this.secretFiles = secretFiles;
  }

  static BridgeError tooManyCalls() {
    return new BridgeError(
        "RangeError",
        "ERR_TOO_MANY_CALLS",
        "a document may have "
            + Limits.CALLS_IN_FLIGHT
            + " calls in flight: wait for some answers first");
  }

  static BridgeError unknownHandle(String id) {
    return new BridgeError(
        "Error", "ERR_UNKNOWN_HANDLE", "nothing open in this window has the handle " + id);
  }

  static BridgeError cancelled() {
    return new BridgeError("AbortError", "ERR_CANCELLED", "the call was cancelled");
  }

  /** An error as the page may see it: an expected one as it is, any other as a fault of ours. */
  static BridgeError toBridgeError(Throwable error) {
    if (error instanceof BridgeError expected) {
      return expected;
    }
    LOG.log(Level.ERROR, "a command failed in a way it does not declare", error);
    return new BridgeError(
        "Error", "ERR_INTERNAL", "a fault in the host, see its log: " + error.getClass().getName());
  }

  /** Calls that come from now on are told to it. Any thread. */
  void observe(CallObserver observer) {
    this.observer = observer;
  }

  private void begin(RunningCall call) {
    call.observer = observer;
    call.began = call.observer.began();
  }

  private static void end(RunningCall call, AsyncResult<Reply> result) {
    if (call.observer == CallObserver.NONE) {
      return;
    }
    CallObserver.Way way =
        call.lane == Call.Lane.CALL ? CallObserver.Way.CALL : CallObserver.Way.STREAM;
    long length = 0;
    if (result.result() instanceof Reply.Bytes bytes) {
      length = Math.max(0, bytes.lengthBytes());
      if (call.bytes.isPresent() && CallBytes.way(bytes) == CallBytes.Way.BLOB) {
        way = CallObserver.Way.BLOB;
      }
    }
    call.observer.ended(
        call.began,
        call.entry.map(Commands.Entry::name).orElse(""),
        way,
        length,
        Optional.ofNullable(result.cause())
            .map(
                fault ->
                    fault instanceof BridgeError told
                        ? told
                        : new BridgeError("Error", "ERR_INTERNAL", fault.getClass().getName())));
  }

  /** Starts a call; it is answered on the loop, maybe before this returns. */
  void start(RunningCall call) {
    begin(call);
    call.document.calls.add(call);
    Future<Reply> result;
    try {
      result = resolveAndRun(call);
    } catch (RuntimeException | Error refused) {
      result = Future.failedFuture(refused);
    }
    if (result.isComplete()) {
      finish(call, result);
    } else {
      result.onComplete(reply -> loop.run(() -> finish(call, reply)));
    }
  }

  /** The page no longer wants the answer: work is told to stop, and the call is answered so. */
  void cancel(RunningCall call) {
    call.cancel();
    call.answer(Future.failedFuture(cancelled()));
  }

  private void finish(RunningCall call, AsyncResult<Reply> result) {
    end(call, result);
    call.document.calls.remove(call);
    if (!call.answer(result) || result.failed()) {
      discard(call, result);
    }
  }

  /** Lets go of an answer that nobody will get, and of what the call opened for it. */
  void discard(RunningCall call, AsyncResult<Reply> result) {
    if (result.succeeded() && result.result() instanceof Reply.Bytes bytes) {
      close(List.of(bytes.source()::close));
    }
    close(call.takeRegistered());
  }

  /** Closes things where closing may block. */
  Future<Void> close(List<? extends AutoCloseable> things) {
    return things.isEmpty()
        ? Future.succeededFuture()
        : loop.blocking(
            false,
            () -> {
              for (AutoCloseable thing : things) {
                try {
                  thing.close();
                } catch (Exception e) {
                  LOG.log(Level.WARNING, "a handle that nobody will use did not close", e);
                }
              }
              return null;
            });
  }

  /** Whether a call may be answered where it arrives. Any thread. */
  boolean isOnArrival(CommandUrl url) {
    return commands.runsOn(url, RunsOn.ARRIVAL);
  }

  /** Whether a call is a short look at the disk. Any thread. */
  boolean isBrief(CommandUrl url) {
    return commands.runsOn(url, RunsOn.BRIEF);
  }

  /**
   * Checks and runs a call that {@link #isBrief}, on this thread, which may block.
   *
   * @throws BridgeError what the call is refused or fails with
   */
  Reply.Data inline(RunningCall call) {
    call.inline = true;
    return onArrival(call);
  }

  /**
   * Checks and runs a call that {@link #isOnArrival}, on the thread that brings it.
   *
   * @throws BridgeError what the call is refused or fails with
   */
  Reply.Data onArrival(RunningCall call) {
    begin(call);
    Future<Reply> result;
    try {
      result = resolveAndRun(call);
    } catch (RuntimeException | Error refused) {
      result = Future.failedFuture(refused);
    }
    end(call, result);
    try {
      if (result.succeeded() && result.result() instanceof Reply.Data data) {
        return data;
      }
      throw result.failed()
          ? result.cause()
          : new IllegalStateException(call.url + " must answer with data, at once");
    } catch (Throwable refused) {
      throw toBridgeError(refused);
    }
  }

  private Future<Reply> resolveAndRun(RunningCall call) {
    Commands.Entry entry = commands.find(call.url);
    Command command = entry.command();
    call.entry = Optional.of(entry);
    call.module = entry.module();
    call.asksPerson = command.permission() == Permission.PERSON;
    Resource resource = command.resource();
    boolean named =
        call.url.segments().size() > 1 || call.url.folder() && !call.url.function().isEmpty();
    if (resource instanceof Resource.None && named) {
      throw invalid(call, "it names nothing after the function");
    }
    if (resource instanceof Resource.Text && call.url.resource().isEmpty()) {
      throw invalid(call, "it needs a resource after the function");
    }
    if (resource instanceof Resource.File file) {
      requirePerson(call, command);
      return runOnFile(call, command, file);
    }
    if (resource instanceof Resource.Address address) {
      requirePerson(call, command);
      return runOnAddress(call, command, address);
    }
    if (command.permission() == Permission.ALWAYS) {
      entry.always().requireFor(call);
    } else if (!call.document.policy.allows(call.url)) {
      throw Denial.of(call.document.policy, call.url);
    }
    if (resource instanceof Resource.Text text && !text.alsoParam().isEmpty()) {
      requireAll(call, text.alsoParam());
    }
    requirePerson(call, command);
    if (resource instanceof Resource.Handle) {
      find(call, call.url.segments().get(2));
    }
    return run(call, command);
  }

  private static void requirePerson(RunningCall call, Command command) {
    if (command.permission() == Permission.PERSON
        && (call.lane != Call.Lane.CALL || !call.top || !call.named)) {
      throw new BridgeError(
          "SecurityError",
          "ERR_ACCESS_DENIED",
          call.url
              + " asks the person, for the document of the window's top frame: no frame in it and"
              + " no worker may. Let that document call it, asked by postMessage");
    }
  }

  /** Every text of a list must be allowed too. */
  private static void requireAll(RunningCall call, String param) {
    JsonNode list = call.param(param).orElse(MissingNode.getInstance());
    if (list.size() > Limits.TEXTS || !list.isArray() && !list.isMissingNode()) {
      throw invalid(call, "'" + param + "' is a list of at most " + Limits.TEXTS + " texts");
    }
    for (JsonNode text : list) {
      CommandUrl url = CommandUrl.ofText(call.url.host(), call.url.function(), text.asText());
      if (!call.document.policy.allows(url)) {
        throw Denial.of(call.document.policy, url);
      }
    }
  }

  private static void find(RunningCall call, String id) {
    call.handle = call.document.handles.find(call.module, id).orElseThrow(() -> unknownHandle(id));
    call.handleId = new HandleId(id);
  }

  private Future<Reply> runOnAddress(RunningCall call, Command command, Resource.Address resource) {
    PolicySet policy = call.document.policy;
    AddressScope asked = AddressScope.of(call.url);
    if (!resource.handleParam().isEmpty()) {
      call.param(resource.handleParam()).ifPresent(id -> find(call, id.asText()));
    }
    if (asked.isNumeric()) {
      call.address = asked.check(policy);
      return run(call, command);
    }
    asked.requireLookup(policy);
    int family = call.param("family").map(JsonNode::asInt).orElse(0);
    return loop.blocking(false, () -> asked.resolve(family).check(policy))
        .compose(
            address -> {
              call.address = address;
              return call.isCancelled() ? Future.failedFuture(cancelled()) : run(call, command);
            });
  }

  private Future<Reply> runOnFile(RunningCall call, Command command, Resource.File file) {
    // Built here: a second path that is malformed is refused whatever the first one is.
    CommandUrl second =
        file.alsoParam().isEmpty()
            ? null
            : CommandUrl.ofPath(
                call.url,
                call.param(file.alsoParam())
                    .orElseThrow(
                        () -> invalid(call, "it needs the path '" + file.alsoParam() + "'"))
                    .asText());
    Runnable check =
        () -> {
          PolicySet policy = call.document.policy;
          Access access = file.access().apply(call);
          call.granted = call.document.grants.to(call, access);
          call.path = PathScope.check(policy, call.url, file.last(), call.granted);
          secretFiles.check(call.url, call.path, access);
          ownFiles.check(policy, call.url, call.path, access);
          if (second != null) {
            Access also = access == Access.READ ? Access.WRITE : access;
            call.grantedSecond = call.document.grants.to(call, also);
            call.secondPath = PathScope.check(policy, second, file.last(), call.grantedSecond);
            secretFiles.check(second, call.secondPath, also);
            ownFiles.check(policy, second, call.secondPath, also);
          }
        };
    if (mayBlock(command)) {
      return blocking(
          call,
          () -> {
            check.run();
            return command.handler().handle(call);
          });
    }
    return blocking(
            call,
            () -> {
              check.run();
              requireAsync(call, command);
              return Future.succeededFuture(Reply.NOTHING);
            })
        .compose(checked -> command.handler().handle(call));
  }

  /** Once it is allowed: who may not call is told that first. */
  private static void requireAsync(RunningCall call, Command command) {
    if (call.synchronous && command.runsOn() == RunsOn.PAGE) {
      throw new BridgeError(
          "InvalidStateError",
          "ERR_SYNC_CALL",
          "ipc://"
              + call.module
              + "/"
              + call.url.function()
              + " needs the page, which a synchronous request holds up: call it by ipc.call or"
              + " fetch, which do not wait");
    }
  }

  private Future<Reply> run(RunningCall call, Command command) {
    requireAsync(call, command);
    return mayBlock(command)
        ? blocking(call, () -> command.handler().handle(call))
        : command.handler().handle(call);
  }

  private static boolean mayBlock(Command command) {
    return command.runsOn() == RunsOn.WORKER || command.runsOn() == RunsOn.BRIEF;
  }

  private interface Work {
    Future<Reply> start() throws Exception;
  }

  private Future<Reply> blocking(RunningCall call, Work work) {
    if (call.inline) {
      try {
        return work.start();
      } catch (Exception e) {
        return Future.failedFuture(e);
      }
    }
    return loop.<Future<Reply>>blocking(
            call.upload,
            () -> {
              if (call.isCancelled()) {
                return Future.failedFuture(cancelled());
              }
              Future<Reply> reply = work.start();
              return call.bytes.isPresent() && reply.succeeded()
                  ? Future.succeededFuture(CallBytes.sent(reply.result(), call.bytes.get()))
                  : reply;
            })
        .compose(reply -> reply);
  }

  private static BridgeError invalid(RunningCall call, String why) {
    return new BridgeError(
        "TypeError",
        "ERR_INVALID_CALL",
        "ipc://" + call.module + "/" + call.url.function() + ": " + why);
  }
}
