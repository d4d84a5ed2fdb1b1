package dev.dunlin.bridge.fs;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.jna.Platform;
import dev.dunlin.bridge.spi.BridgeError;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** How a file is opened: Node's flags. */
record FsFlags(
    boolean read,
    boolean write,
    boolean create,
    boolean exclusive,
    boolean truncate,
    boolean append,
    boolean sync) {
  private static final int ACCESS_MASK = 3;
  private static final int WRITE_ONLY = 1;
  private static final int READ_WRITE = 2;
  private static final int CREATE = Platform.isLinux() ? 0x40 : Platform.isMac() ? 0x200 : 0x100;
  private static final int EXCLUSIVE = Platform.isLinux() ? 0x80 : Platform.isMac() ? 0x800 : 0x400;
  private static final int TRUNCATE = Platform.isLinux() ? 0x200 : Platform.isMac() ? 0x400 : 0x200;
  private static final int APPEND = Platform.isLinux() ? 0x400 : 8;

  /** Node's string ({@code r}, {@code w+}, {@code ax}, …) or the system's number. */
  static FsFlags of(JsonNode flags) {
    if (flags.isIntegralNumber() || flags.isTextual() && flags.asText().matches("[0-9]{1,9}")) {
      int bits = flags.asInt();
      int access = bits & ACCESS_MASK;
      return new FsFlags(
          access != WRITE_ONLY,
          access == WRITE_ONLY || access == READ_WRITE,
          (bits & CREATE) != 0,
          (bits & EXCLUSIVE) != 0,
          (bits & TRUNCATE) != 0,
          (bits & APPEND) != 0,
          false);
    }
    return switch (flags.asText()) {
      case "r" -> new FsFlags(true, false, false, false, false, false, false);
      case "rs", "sr" -> new FsFlags(true, false, false, false, false, false, true);
      case "r+" -> new FsFlags(true, true, false, false, false, false, false);
      case "rs+", "sr+" -> new FsFlags(true, true, false, false, false, false, true);
      case "w" -> new FsFlags(false, true, true, false, true, false, false);
      case "wx", "xw" -> new FsFlags(false, true, true, true, true, false, false);
      case "w+" -> new FsFlags(true, true, true, false, true, false, false);
      case "wx+", "xw+" -> new FsFlags(true, true, true, true, true, false, false);
      case "a" -> new FsFlags(false, true, true, false, false, true, false);
      case "ax", "xa" -> new FsFlags(false, true, true, true, false, true, false);
      case "as", "sa" -> new FsFlags(false, true, true, false, false, true, true);
      case "a+" -> new FsFlags(true, true, true, false, false, true, false);
      case "ax+", "xa+" -> new FsFlags(true, true, true, true, false, true, false);
      case "as+", "sa+" -> new FsFlags(true, true, true, false, false, true, true);
      default ->
          throw new BridgeError(
              "TypeError",
              "ERR_INVALID_ARG_VALUE",
              "'" + flags.asText() + "' is no file flag: use r, r+, w, w+, a, a+, with x or s");
    };
  }

  Set<OpenOption> options() {
    Set<OpenOption> options = new HashSet<>();
    if (read) {
      options.add(StandardOpenOption.READ);
    }
    if (write) {
      options.add(StandardOpenOption.WRITE);
    }
    if (create && write) {
      options.add(exclusive ? StandardOpenOption.CREATE_NEW : StandardOpenOption.CREATE);
    }
    if (truncate && write && !append) {
      options.add(StandardOpenOption.TRUNCATE_EXISTING);
    }
    if (append && !read) {
      options.add(StandardOpenOption.APPEND);
    }
    if (sync) {
      options.add(StandardOpenOption.SYNC);
    }
    return options;
  }

  /** Java can't both read and append: such a file is written at its end of the moment. */
  boolean seeksToAppend() {
    return append && read;
  }
}
