package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreloadTest {
  private static final List<String> ALLOWING = List.of("script-src 'self' socket:", "");
  private static final String INIT =
      "<link rel=\"modulepreload\" href=\"socket:internal/core\">"
          + "<link rel=\"modulepreload\" href=\"socket:internal/host\">"
          + "<script type=\"module\" src=\"socket:internal/init\"></script>";
  private static final String DEFERRED = "<script defer src=\"socket:internal/preload\"></script>";
  private static final String SCRIPTS = DEFERRED + INIT;

  private static String into(String html, String... policies) {
    byte[] page = html.getBytes(StandardCharsets.UTF_8);
    return new String(
        Preload.into(page, policies.length == 0 ? ALLOWING : List.of(policies)),
        StandardCharsets.UTF_8);
  }

  @Test
  void beginsWhatTheHeadHasInIt() {
    for (String start :
        List.of(
            "<!doctype html><html lang=en data-x='a>b'><head>",
            "\ufeff <!-- <head> -->\n<!DOCTYPE html>\n<HEAD class=\"<head>\">",
            "<html>",
            "")) {
      assertEquals(start + SCRIPTS + "<title>ü</title>", into(start + "<title>ü</title>"));
    }
    assertEquals(SCRIPTS + "<header>x</header>", into("<header>x</header>"));
  }

  @Test
  void leavesAloneThePageThatHasNoUseForIt() {
    String page = "<head></head>";
    for (String policy :
        List.of(
            "script-src 'self'",
            "default-src 'self'",
            "",
            "script-src socket: 'strict-dynamic'",
            "sandbox allow-scripts",
            "script-src socket:, script-src 'self'",
            "script-src socket:; script-src-elem 'self'")) {
      assertEquals(page, into(page, policy), policy);
    }
    assertEquals(page, into(page, "script-src socket:", "default-src 'none'"));
    String off = "<head><meta name=\"runtime-preload-injection\" content=\"disabled\"></head>";
    assertEquals(off, into(off));
    byte[] wide = "\ufeff<head>".getBytes(StandardCharsets.UTF_16LE);
    assertArrayEquals(wide, Preload.into(wide, ALLOWING));
  }

  @Test
  void givesRequireOnlyWhereCodeMayBeMadeOfText() {
    assertEquals(
        "<head>"
            + DEFERRED
            + "<script type=\"module\" src=\"socket:internal/commonjs\"></script>"
            + INIT,
        into("<head>", "script-src socket: 'unsafe-eval'"));
    assertEquals("<head>" + SCRIPTS, into("<head>", "default-src socket:"));
  }

  @Test
  void holdsTheParserOnlyBeforeAScriptThatWouldRunEarlier() {
    for (String page :
        List.of("<script type=module src=a.js></script>", "<p>", "<SCRIPT src=x type='module'>")) {
      assertEquals(SCRIPTS + page, into(page));
    }
    for (String page :
        List.of(
            "<script src=a.js></script>",
            "<script>1</script>",
            "<script type=module src=a.js></script><script src=b.js></script>",
            "<script async type=module src=a.js></script>",
            "<script defer src=a.js data-type=module></script>",
            "<iframe src=b.html></iframe>",
            "<body onload='f()'>")) {
      assertEquals(INIT + "<script src=\"socket:internal/preload\"></script>" + page, into(page));
    }
  }

  @Test
  void isQuickOnAPageMadeToBeSlow() {
    String slow = "<!-- " + "<!-- ".repeat(200_000);
    assertEquals(SCRIPTS + slow, into(slow));
    String attributes = "<html " + "a='".repeat(200_001);
    assertEquals(SCRIPTS + attributes, into(attributes));
  }

  @Test
  void givesThePageTheDesktopsNotificationWhereThePoliciesNameIt() {
    String script = "<script type=\"module\" src=\"socket:internal/notification\"></script>";
    for (String policy : List.of("connect-src ipc://notification", "connect-src ipc:")) {
      String page =
          new String(
              Preload.into(
                  "<p>".getBytes(StandardCharsets.US_ASCII),
                  List.of("script-src socket:; " + policy)),
              StandardCharsets.US_ASCII);
      assertEquals(policy.endsWith("notification"), page.contains(script), policy);
    }
  }

  @Test
  void putsBluetoothOnNavigatorWhereThePoliciesNameIt() {
    String script = "<script type=\"module\" src=\"socket:internal/bluetooth\"></script>";
    String scripts = "script-src 'self' socket:; ";
    for (String policy :
        List.of(
            "connect-src 'self' ipc://bluetooth/requestDevice/x",
            "connect-src IPC://Bluetooth",
            "default-src ipc://bluetooth/advertise/",
            "connect-src ipc: ipc://bluetooth/")) {
      assertEquals(DEFERRED + INIT + script, into("", scripts + policy), policy);
      assertEquals(DEFERRED + INIT + script, into("", scripts + policy, "img-src *"), policy);
      assertEquals(
          DEFERRED + INIT + script, into("", scripts + policy, "connect-src ipc:"), policy);
      assertEquals(SCRIPTS, into("", scripts + policy, "connect-src 'self'"), policy);
      assertEquals("", into("", policy), policy);
    }
    for (String policy :
        List.of("connect-src ipc:", "connect-src ipc://bluetoothy/", "img-src ipc://bluetooth")) {
      assertEquals(SCRIPTS, into("", scripts + policy), policy);
    }
  }
}
