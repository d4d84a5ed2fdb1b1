package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NightlyReportTest {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00.5Z");

  @TempDir Path root;

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void tellsOfWhatHasRunAndOfWhatHasNot() throws IOException {
    String nothing = NightlyReport.of(root, NOW);
    assertTrue(
        nothing.contains("| MatrixSuite | not run |") && nothing.contains("**Incomplete"), nothing);
    file(
        "e2e/target/failsafe-reports/TEST-dev.dunlin.e2e.MatrixSuite.xml",
        "<testsuite xmlns:a=\"x\" version=\"3.0\" name=\"dev.dunlin.e2e.MatrixSuite\""
            + " time=\"12.5\" tests=\"0\" errors=\"0\" skipped=\"0\" failures=\"0\">"
            + "<testcase/>".repeat(3)
            + "<testcase><error/></testcase><testcase><failure/></testcase>"
            + "<testcase><skipped/></testcase>".repeat(2)
            + "<system-out>matrix: seed 3, WILDCARD, asked {MAIN=4000, FRAME=711}</system-out></testsuite>");
    file(
        "fuzz/target/fuzz.json",
        "[{\"target\":\"a\",\"seconds\":9,\"executions\":1000,\"findings\":0},"
            + "{\"target\":\"b\",\"seconds\":9,\"executions\":500,\"findings\":2}]");
    file("e2e/target/soak.json", "{\"minutes\":30,\"rows\":[{\"minute\":1,\"heapMiB\":64}]}");
    String page = NightlyReport.of(root, NOW);
    assertTrue(page.contains("| written | 2026-11-22T20:00:00Z |"), page);
    assertTrue(
        page.matches(
            "(?s).*\\| MatrixSuite \\| 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:00Z \\| 7 \\| 2 \\| 2 \\| 12.5"
                + " \\| 4711 verdicts \\(WILDCARD, seed 3\\) \\|.*"),
        page);
    assertTrue(page.contains("2 targets, 18 s, 1,500 executions, 2 findings"), page);
    assertTrue(page.contains("| b | 9 | 500 | 2 |"), page);
    assertTrue(page.contains("| minutes | 30 |") && page.contains("| 1 | 64 |"), page);
    assertTrue(page.contains("## Reproducible build\n\nNot run."), page);
    assertFalse(page.contains("| MatrixSuite | not run |"), page);
  }
}
