package dev.dunlin.bridge.fs;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.jna.Platform;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** How the commands of {@code fs} are declared, read their parameters, and tell their failures. */
final class FsCalls {
  static final int PERMISSION_BITS = 0777;

  private FsCalls() {}

  interface Work {
    Reply run(Call call) throws IOException;
  }

  static Command path(String function, LastSegment last, Access access, String syscall, Work work) {
    return file(function, new Resource.File(last, call -> access, ""), syscall, work);
  }

  /** A short look, that answers with data and registers nothing. */
  static Command look(String function, LastSegment last, String syscall, Work work) {
    Command command = path(function, last, Access.READ, syscall, work);
    return new Command(
        command.function(),
        command.resource(),
        command.permission(),
        RunsOn.BRIEF,
        command.handler());
  }

  static Command twoPaths(
      String function, LastSegment last, Access access, String syscall, Work work) {
    return file(function, new Resource.File(last, call -> access, "dest"), syscall, work);
  }

  static Command file(String function, Resource.File file, String syscall, Work work) {
    return command(
        function,
        file,
        work,
        (call, errno) ->
            file.alsoParam().isEmpty()
                ? errno.on(syscall, call.path().asked())
                : errno.on(syscall, call.path().asked(), call.secondPath().asked()));
  }

  static Command handle(String function, String syscall, Work work) {
    return command(function, new Resource.Handle(), work, (call, errno) -> errno.on(syscall));
  }

  static Command command(
      String function, Resource resource, Work work, BiFunction<Call, Errno, BridgeError> told) {
    return new Command(
        function,
        resource,
        Permission.POLICY,
        RunsOn.WORKER,
        call -> {
          try {
            return Future.succeededFuture(work.run(call));
          } catch (IOException e) {
            return Future.failedFuture(told.apply(call, Errno.of(e)));
          }
        });
  }

  static Reply data(Object value) {
    return new Reply.Data(value);
  }

  static OpenFile file(Call call) {
    return call.handle(OpenFile.class);
  }

  static long number(Call call, String name, long otherwise) {
    Optional<JsonNode> value = call.param(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    JsonNode node = value.get();
    if (node.isNumber() && node.canConvertToLong() && node.canConvertToExactIntegral()) {
      return node.asLong();
    }
    if (node.isTextual() && node.asText().matches("-?[0-9]{1,18}")) {
      return Long.parseLong(node.asText());
    }
    throw invalid("'" + name + "' is a whole number");
  }

  static boolean flag(Call call, String name) {
    return call.param(name).map(n -> n.asBoolean()).orElse(false);
  }

  static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_ARG_VALUE", message);
  }

  static void stopIfCancelled(Call call) {
    if (call.isCancelled()) {
      throw new BridgeError("AbortError", "ERR_CANCELLED", "the call was cancelled");
    }
  }

  static FileAttribute<?>[] mode(Call call, int otherwise) {
    int bits = (int) number(call, "mode", otherwise) & PERMISSION_BITS;
    return Platform.isWindows()
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions(bits))};
  }

  static Set<PosixFilePermission> permissions(int bits) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values(); // owner rwx, group rwx, others rwx
    for (int i = 0; i < all.length; i++) {
      if ((bits >> (all.length - 1 - i) & 1) != 0) {
        set.add(all[i]);
      }
    }
    return set;
  }

  static boolean exists(Path path) throws IOException {
    try {
      Stat.type(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** A link where links have been resolved is a loop, or appeared after the check. */
  static void refuseLink(Path path) throws IOException {
    if (Stat.type(path) == Stat.LINK) {
      throw new Errno.Failure(Errno.ELOOP);
    }
  }
}
