package dev.dunlin.bridge.fs;

import static dev.dunlin.bridge.fs.FsCalls.command;
import static dev.dunlin.bridge.fs.FsCalls.data;
import static dev.dunlin.bridge.fs.FsCalls.invalid;
import static dev.dunlin.bridge.fs.FsCalls.look;
import static dev.dunlin.bridge.fs.FsCalls.twoPaths;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Further names of files. */
final class FsLinks {
  private FsLinks() {}

  static List<Command> commands() {
    Resource.File made = new Resource.File(LastSegment.NO_FOLLOW, call -> Access.WRITE, "");
    return List.of(
        // Whoever has the new name can change the file: both names are written.
        twoPaths("link", LastSegment.NO_FOLLOW, Access.WRITE, "link", FsLinks::link),
        // A symbolic link gives no right: what it leads to is policed by its own path when used.
        command(
            "symlink",
            made,
            FsLinks::symlink,
            (call, errno) -> errno.on("symlink", target(call), call.path().asked())),
        look("readlink", LastSegment.NO_FOLLOW, "readlink", FsLinks::readlink));
  }

  private static Reply link(Call call) throws IOException {
    try (Pin from = Pin.of(call.path())) {
      Stat.type(from.path());
      try (Pin to = Pin.of(call.secondPath())) {
        Files.createLink(to.path(), from.path());
      }
    }
    return Reply.NOTHING;
  }

  private static String target(Call call) {
    return call.param("target")
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> invalid("give what the link leads to as text 'target'"));
  }

  private static Reply symlink(Call call) throws IOException {
    Path target;
    try {
      target = Path.of(target(call));
    } catch (InvalidPathException e) {
      throw invalid("'target' is no path: " + e.getReason());
    }
    try (Pin pin = Pin.of(call.path())) {
      Files.createSymbolicLink(pin.path(), target);
    }
    return Reply.NOTHING;
  }

  private static Reply readlink(Call call) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      return data(Files.readSymbolicLink(pin.path()).toString());
    }
  }
}
