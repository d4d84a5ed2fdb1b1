package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What the dev loop adds to the app's policy. */
class DevPolicyTest {
  private static String of(String policy) {
    return DevPolicy.of(policy, 5173, "abc");
  }

  @Test
  void letsTheSocketInAndWhatHasTheNonce() {
    assertEquals(
        "default-src 'none'; script-src 'self' socket: 'nonce-abc'; style-src 'self' 'nonce-abc';"
            + " connect-src 'self' ipc://os/cpus ws://127.0.0.1:5173",
        of(
            "default-src 'none'; script-src 'self' socket:; style-src 'self'; connect-src 'self'"
                + " ipc://os/cpus"));
  }

  @Test
  void keepsWhatDefaultSrcGrantsWhereADirectiveIsMissing() {
    assertEquals(
        "default-src 'self' data:; connect-src 'self' data: ws://127.0.0.1:5173; script-src 'self'"
            + " data: 'nonce-abc'; style-src 'self' data: 'nonce-abc'",
        of("default-src 'self' data:"));
  }

  @Test
  void replacesNoneWhichCountsForNothingBesideASource() {
    assertEquals(
        "connect-src ws://127.0.0.1:5173; style-src 'nonce-abc'",
        of("connect-src 'NONE'; style-src 'none'"));
  }

  @Test
  void addsNothingWhereNothingIsRefused() {
    assertEquals("img-src 'self'", of("img-src 'self'"));
    assertEquals("", of(""));
  }

  @Test
  void leavesUnsafeInlineWhichANonceWouldSwitchOff() {
    assertEquals("style-src 'self' 'unsafe-inline'", of("style-src 'self' 'unsafe-inline'"));
  }

  @Test
  void changesEachOfSeveralPoliciesAndTheDirectivesForElements() {
    assertEquals(
        "connect-src 'self' ws://127.0.0.1:5173, script-src-elem 'self' 'nonce-abc'",
        of("connect-src 'self', script-src-elem 'self'"));
  }
}
