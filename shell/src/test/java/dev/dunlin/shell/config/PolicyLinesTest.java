package dev.dunlin.shell.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.PolicyHeader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Year;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyLinesTest {
  private static final String LEAST =
      "[build]\nname = demo\n[meta]\nbundle_identifier = com.example.demo\n[security]\n";

  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();

  private AppConfig parse(String lines) {
    return AppConfig.parse(
        folder, (LEAST + lines).getBytes(StandardCharsets.UTF_8), Map.of(), Year.of(2026));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "connect-src a; connect-src b | connect-src a b",
        "connect-src a; img-src x; CONNECT-SRC b a | connect-src a b; img-src x",
        "Connect-Src a ;; connect-src\tb ; | Connect-Src a b",
        "default-src 'none' | default-src 'none'",
        "connect-src; connect-src ipc: | connect-src ipc:",
        "upgrade-insecure-requests; upgrade-insecure-requests | upgrade-insecure-requests",
        "connect-src a; connect-src A | connect-src a A",
        "connect-src a, connect-src b; connect-src c | connect-src a, connect-src b c",
        "\"\" | \"\"",
        "\" ; , ;\" | \"\"",
      })
  void addsTheSourcesOfARepeatedDirectiveToItsFirst(String lines, String policy) {
    assertEquals(policy, PolicyLines.merge(lines, warnings::add));
    assertEquals(List.of(), warnings);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "connect-src 'none'; connect-src ipc: | connect-src ipc:",
        "connect-src ipc:; connect-src 'None' | connect-src ipc:",
        "img-src 'none' x | img-src x",
      })
  void dropsNoneNextToOtherSourcesWithAWarning(String lines, String policy) {
    assertEquals(policy, PolicyLines.merge(lines, warnings::add));
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).contains("'none' and other sources"), warnings.get(0));
  }

  @Test
  void readsTheLineThatADenialAsksForAtTheEndOfTheSection() {
    AppConfig config =
        parse(
            """
            policy[] = default-src 'none'
            policy[] = connect-src 'self' ipc://os/cpus
            policy[] = img-src 'self'
            policy[] = connect-src ipc://fs/readFile/etc/hosts
            """);
    String policy =
        "default-src 'none'; connect-src 'self' ipc://os/cpus ipc://fs/readFile/etc/hosts;"
            + " img-src 'self'";
    assertEquals(policy, config.security().policy());
    assertEquals(policy, config.values().get("security_policy"));
    assertEquals(List.of(), config.warnings());
    assertTrue(
        new PolicyHeader(Map.of())
            .value(config.security().policy())
            .contains("ipc://fs/readFile/etc/hosts ipc://handle/"));
  }

  @Test
  void saysWhereANoneStandsThatIsLeftOut() {
    AppConfig config = parse("policy[] = connect-src 'none'\npolicy[] = connect-src ipc:\n");
    assertEquals("connect-src ipc:", config.security().policy());
    assertEquals(1, config.warnings().size());
    String warning = config.warnings().get(0).toString();
    assertTrue(
        warning.contains("socket.ini:7: [security] policy: connect-src has 'none'"), warning);
  }
}
