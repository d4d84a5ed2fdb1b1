package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * Asks a page that wants to be asked whether its window may close: the event {@code windowclosing},
 * and the page's {@code window/answerClose}.
 *
 * <p><i>Thread:</i> any.
 */
final class ClosingQuestions {
  private final IntConsumer ask;
  private final Set<Integer> holding = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Promise<Boolean>> open = new ConcurrentHashMap<>();

  /**
   * @param ask tells the page of this window that it is asked
   */
  ClosingQuestions(IntConsumer ask) {
    this.ask = ask;
  }

  List<Command> commands() {
    return List.of(command("holdClose", this::hold), command("answerClose", this::answer));
  }

  private static Command command(String function, Command.Handler handler) {
    return new Command(
        function, new Resource.None(), Permission.ALWAYS, RunsOn.EVENT_LOOP, handler);
  }

  private Future<Reply> hold(Call call) {
    int window = call.caller().window();
    if (flag(call, "hold")) {
      holding.add(window);
    } else {
      forget(window);
    }
    return Future.succeededFuture(Reply.NOTHING);
  }

  private Future<Reply> answer(Call call) {
    Promise<Boolean> asked = open.remove(call.caller().window());
    if (asked != null) {
      asked.tryComplete(flag(call, "close"));
    }
    return Future.succeededFuture(Reply.NOTHING);
  }

  private static boolean flag(Call call, String name) {
    return call.param(name).map(JsonNode::asBoolean).orElse(false);
  }

  /** Whether the window of this id may close; a page that does not answer never completes it. */
  Future<Boolean> mayClose(int window) {
    if (!holding.contains(window)) {
      return Future.succeededFuture(true);
    }
    Promise<Boolean> answer = Promise.promise();
    open.put(window, answer);
    ask.accept(window);
    return answer.future();
  }

  /** The page that wanted to be asked is gone. */
  void forget(int window) {
    holding.remove(window);
    Promise<Boolean> asked = open.remove(window);
    if (asked != null) {
      asked.tryComplete(true);
    }
  }
}
