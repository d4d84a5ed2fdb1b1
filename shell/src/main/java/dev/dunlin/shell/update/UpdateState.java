package dev.dunlin.shell.update;

import dev.dunlin.shell.update.UpdateException.Code;
import java.util.Optional;

/**
 * Which update is opened. A value: what happens makes another one, which one file then holds.
 *
 * @param current absent: the version that was installed
 * @param previous what takes its place if it fails; absent: the version that was installed
 * @param highest that was ever here, failed ones too: there is no way back behind it
 * @param confirmed whether {@code current} has reported that it is well
 * @param starts of {@code current} without that report
 */
record UpdateState(
    Optional<Version> current,
    Optional<Version> previous,
    Optional<Version> highest,
    boolean confirmed,
    int starts) {
  /** Starts of a new version without a report; then the one before is opened again. */
  static final int MAX_STARTS = 3;

  /** Longest file; a longer one is none of ours. */
  static final int MAX_BYTES = 256;

  static final UpdateState NONE =
      new UpdateState(Optional.empty(), Optional.empty(), Optional.empty(), true, 0);

  UpdateState switchTo(Version version) {
    return new UpdateState(
        Optional.of(version),
        confirmed ? current.filter(now -> !now.equals(version)) : previous,
        highest.filter(h -> h.isNewerThan(version)).or(() -> Optional.of(version)),
        false,
        0);
  }

  UpdateState started() {
    return new UpdateState(current, previous, highest, confirmed, confirmed ? 0 : starts + 1);
  }

  UpdateState confirm() {
    return new UpdateState(current, previous, highest, true, 0);
  }

  boolean hasFailed() {
    return !confirmed && starts >= MAX_STARTS;
  }

  UpdateState rollBack() {
    return new UpdateState(previous, Optional.empty(), highest, true, 0);
  }

  String text() {
    return "dunlin-updates 1\ncurrent "
        + text(current)
        + "\nprevious "
        + text(previous)
        + "\nhighest "
        + text(highest)
        + "\nconfirmed "
        + confirmed
        + "\nstarts "
        + starts
        + "\n";
  }

  static UpdateState parse(String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length == 7) {
      try {
        UpdateState state =
            new UpdateState(
                version(lines[1]),
                version(lines[2]),
                version(lines[3]),
                lines[4].endsWith("true"),
                Integer.parseInt(last(lines[5])));
        if (state.starts >= 0 && state.text().equals(text)) {
          return state;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
    }
    throw new UpdateException(Code.MALFORMED, "it is none that Dunlin has written");
  }

  private static String text(Optional<Version> version) {
    return version.map(Version::toString).orElse("-");
  }

  private static Optional<Version> version(String line) {
    return Optional.of(last(line)).filter(v -> !v.equals("-")).map(Version::parse);
  }

  private static String last(String line) {
    return line.substring(line.lastIndexOf(' ') + 1);
  }
}
