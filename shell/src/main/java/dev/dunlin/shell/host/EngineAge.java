package dev.dunlin.shell.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.Properties;

/**
 * How old a Chromium is, and how long it is mended. Chrome's stable channel moves on after four
 * weeks (from milestone 153 on after two), and then nobody mends the one before; the extended one,
 * which has the even milestones, after eight.
 */
final class EngineAge {
  /** From then on a page may use faults that are known to all. */
  static final Period STABLE = Period.ofWeeks(4);

  /** From the first milestone with it on. */
  static final int TWO_WEEKS_FROM = 153;

  static final Period EXTENDED = Period.ofWeeks(8);

  private EngineAge() {}

  /** Day of a milestone's first stable release. */
  static LocalDate released(String chromium) {
    Properties table = new Properties();
    try (InputStream in = EngineAge.class.getResourceAsStream("chromium-releases.properties")) {
      table.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String day = table.getProperty(String.valueOf(milestone(chromium)));
    if (day == null) {
      throw new IllegalStateException(
          "chromium-releases.properties has no line for Chromium " + chromium + ": add it");
    }
    return LocalDate.parse(day);
  }

  private static int milestone(String chromium) {
    return Integer.parseInt(chromium.substring(0, chromium.indexOf('.')));
  }

  /** The last day on which it is mended. */
  static LocalDate supportedUntil(String chromium) {
    int milestone = milestone(chromium);
    // Which of the later ones are extended is not known here: they count as if none was.
    Period time =
        milestone >= TWO_WEEKS_FROM ? Period.ofWeeks(2) : milestone % 2 == 0 ? EXTENDED : STABLE;
    return released(chromium).plus(time);
  }

  static Finding finding(String chromium, LocalDate today) {
    LocalDate released = released(chromium);
    LocalDate until = supportedUntil(chromium);
    String detail =
        "Chromium "
            + chromium
            + " of "
            + released
            + ", "
            + ChronoUnit.DAYS.between(released, today)
            + " days old; mended by Chrome's "
            + (until.equals(released.plus(EXTENDED)) ? "extended " : "")
            + "stable channel until "
            + until;
    return today.isAfter(until)
        ? Finding.warn(
            "engine",
            detail,
            "take a Dunlin with a newer one, and show pages of others only in the system's browser")
        : Finding.ok("engine", detail);
  }
}
