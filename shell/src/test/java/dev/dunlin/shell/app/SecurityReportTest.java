package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.host.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityReportTest {
  private static final String RENDERER =
      "/opt/jcef/jcef_helper\0--type=renderer\0--lang=en-US\0--origin-trial-disabled\0";
  private static final String STATUS =
      "Name:\tjcef_helper\nNSpid:\t4711\t7\nCapEff:\t0000000000000000\nNoNewPrivs:\t%d\nSeccomp:\t%d\nSeccomp_filters:\t%d\n";

  @TempDir Path proc;
  private final SecurityReport report =
      new SecurityReport(
          "https://x.localhost",
          "img-src *",
          true,
          () -> Sandbox.none("bubblewrap is not installed", "install it"));

  private void process(long pid, String cmdline, int seccomp) throws IOException {
    Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
    Files.writeString(folder.resolve("cmdline"), cmdline);
    Files.writeString(folder.resolve("status"), STATUS.formatted(1, seccomp, seccomp));
  }

  private Map<?, ?> sandbox(Long... descendants) {
    return (Map<?, ?>) report.now(List.of(descendants), proc).get("rendererSandbox");
  }

  @Test
  void saysWhatTheRunWasGiven() {
    Map<String, Object> said = report.now(List.of(), proc);
    assertEquals("https://x.localhost", said.get("origin"));
    assertEquals("img-src *", said.get("policy"));
    assertEquals(true, said.get("denyByDefault"));
    assertEquals(true, said.get("developerTools"));
    assertEquals(false, said.get("remoteDebugging"));
  }

  @Test
  void claimsNothingWithoutARenderer() throws IOException {
    process(10, "/opt/jcef/jcef_helper\0--type=gpu-process\0", 2);
    Map<?, ?> sandbox = sandbox(10L);
    assertEquals(false, sandbox.get("active"));
    assertEquals("not looked at: no renderer runs that can be seen", sandbox.get("detail"));
  }

  @Test
  void claimsNothingWithoutProc() {
    Map<?, ?> sandbox =
        (Map<?, ?>) report.now(List.of(1L), proc.resolve("none")).get("rendererSandbox");
    assertEquals(false, sandbox.get("active"));
    assertEquals("not looked at: this system has no /proc", sandbox.get("detail"));
  }

  @Test
  void sawThisVeryMachineAndClaimsNothingOfIt() {
    Map<?, ?> sandbox = (Map<?, ?>) report.now().get("rendererSandbox");
    assertEquals(false, sandbox.get("active"));
    assertTrue(sandbox.get("detail").toString().startsWith("not looked at"));
  }

  @Test
  void looksAtOurOwnRenderersOnly() throws IOException {
    process(10, RENDERER, 2);
    process(11, RENDERER, 0);
    assertEquals(true, sandbox(10L).get("active"));
    assertEquals(false, sandbox(11L).get("active"));
    assertTrue(
        sandbox(11L)
            .get("detail")
            .toString()
            .contains("rights of this user: bubblewrap is not installed"));
  }

  @Test
  void isAsStrongAsTheWeakestRenderer() throws IOException {
    process(10, RENDERER, 2);
    process(11, RENDERER, 0);
    assertEquals(false, sandbox(10L, 11L).get("active"));
  }

  @Test
  void doesNotClaimAFilterThatCannotBeRead() throws IOException {
    process(10, RENDERER, 2);
    Files.delete(proc.resolve("10/status"));
    assertEquals(false, sandbox(10L).get("active"));
    // Gone between the two looks.
    assertEquals(false, sandbox(12L).get("active"));
  }

  @Test
  void tellsOfTheOtherProcessesOfChromium() throws IOException {
    process(10, "/run/engine/jcef_helper\0--type=gpu-process\0", 2);
    process(11, "/run/engine/jcef_helper\0--type=utility\0--utility-sub-type=a.B\0", 2);
    process(12, "/run/engine/jcef_helper --type=utility --utility-sub-type=a.B", 0);
    // It starts one, and has no filter itself.
    process(13, "/usr/bin/bwrap\0--\0/run/engine/jcef_helper\0--type=gpu-process\0", 0);
    assertEquals(
        Map.of("a.B", false, "gpu-process", true),
        report.now(List.of(10L, 11L, 12L, 13L), proc).get("otherProcesses"));
  }

  @Test
  void knowsAHelperByItsArgument() {
    assertEquals(Optional.of("renderer"), SecurityReport.kind(RENDERER));
    assertEquals(
        Optional.of("renderer"),
        SecurityReport.kind("/opt/x/jcef_helper --type=renderer --lang=en"));
    assertEquals(Optional.empty(), SecurityReport.kind("sh\0-c=x--type=renderer\0"));
    assertEquals(Optional.empty(), SecurityReport.kind("/bin/sh\0--type=renderer\0"));
    assertEquals(Optional.empty(), SecurityReport.kind(""));
  }

  @Test
  void knowsABoxByAllThatMakesIt() {
    String boxed = STATUS.formatted(1, 2, 1);
    assertTrue(SecurityReport.isBoxed(boxed));
    assertFalse(SecurityReport.isBoxed(STATUS.formatted(1, 0, 0)));
    assertFalse(SecurityReport.isBoxed(STATUS.formatted(1, 1, 2)));
    assertFalse(SecurityReport.isBoxed(STATUS.formatted(0, 2, 1)));
    assertFalse(SecurityReport.isBoxed(STATUS.formatted(1, 22, 1)));
    assertFalse(SecurityReport.isBoxed(boxed.replace("4711\t7", "4711")));
    assertFalse(SecurityReport.isBoxed(boxed.replace("0000000000000000", "0000000000000001")));
    assertFalse(SecurityReport.isBoxed(""));
  }
}
