package dev.dunlin.shell.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The results in the output of one run of {@code socket:test}, which prints TAP 14: a comment with
 * a test's name, then its checks, each failed one with a block of what was expected. Lines that are
 * no TAP are the app's own and count for nothing.
 *
 * <p><i>Thread:</i> one at a time.
 */
final class TapReader {
  /** Results that are kept. Of more, only their number and those that fail are counted. */
  static final int RESULTS = 100_000;

  /** Characters of one result's explanation. The rest of a longer one is left out. */
  static final int DETAIL_LENGTH = 64 << 10;

  /**
   * One check.
   *
   * @param test name of the test that it is in; empty before the first
   * @param detail what was expected, what was there; empty if it passed
   */
  record Result(String test, String name, boolean passed, String detail) {}

  private final List<Result> results = new ArrayList<>();
  private String test = "";
  private int total;
  private int failed;
  private boolean planned;
  private boolean bailedOut;
  private Result open;
  private boolean inBlock;
  private final StringBuilder detail = new StringBuilder();

  void line(String line) {
    if (open != null && takesDetail(line)) {
      return;
    }
    end();
    if (line.startsWith("# ")) {
      if (!planned) {
        test = plain(line.substring(2));
      }
    } else if (line.matches("(not )?ok [0-9]+( - .*)?")) {
      boolean passed = line.startsWith("ok");
      int name = line.indexOf(" - ");
      open = new Result(test, name < 0 ? "" : plain(line.substring(name + 3)), passed, "");
    } else if (line.matches("1\\.\\.[0-9]+")) {
      planned = true;
    } else if (line.startsWith("Bail out!")) {
      bailedOut = true;
      open = new Result(test, plain(line), false, "");
    }
  }

  private boolean takesDetail(String line) {
    if (!inBlock) {
      inBlock = line.equals("  ---");
      return inBlock;
    }
    if (line.equals("  ...")) {
      end();
    } else if (detail.length() + line.length() < DETAIL_LENGTH) {
      detail.append(line.startsWith("  ") ? line.substring(2) : line).append('\n');
    }
    return true;
  }

  private void end() {
    if (open != null) {
      total++;
      failed += open.passed() ? 0 : 1;
      if (results.size() < RESULTS) {
        results.add(new Result(open.test(), open.name(), open.passed(), detail.toString()));
      }
    }
    open = null;
    inBlock = false;
    detail.setLength(0);
  }

  private static String plain(String text) {
    return text.replaceAll("\\\\([\\\\#])", "$1");
  }

  /** The output is over. */
  List<Result> results() {
    end();
    return List.copyOf(results);
  }

  int total() {
    end();
    return total;
  }

  int failed() {
    end();
    return failed;
  }

  /** Whether the run came to its end: else the app ended, or was ended, before. */
  boolean isComplete() {
    return planned && !bailedOut;
  }
}
