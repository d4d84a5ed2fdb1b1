package dev.dunlin.shell.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketIniTest {
  private static final Path FILE = Path.of("socket.ini");

  private static SocketIni parse(String text) {
    return SocketIni.parse(
        FILE, text.getBytes(StandardCharsets.UTF_8), Map.of("platform.os", "linux"));
  }

  private static String value(String raw) {
    return parse("k = " + raw).values().get("k");
  }

  @Test
  void joinsSectionAndKeyAndDotsWithUnderscores() {
    assertEquals(
        Map.of("webview_watch_reload", "true", "a_b_c_d", "1", "top", "x"),
        parse("top=x\n[webview.watch]\nreload = true\n[a.b]\nc.d=1").values());
  }

  @Test
  void aSectionThatBeginsWithADotExtendsTheOneBefore() {
    assertEquals(
        Map.of("webview_root", "/", "webview_watch_reload", "false"),
        parse("[webview]\nroot = /\n[.watch]\nreload = false").values());
  }

  @Test
  void aLaterKeyWinsAndBracketsAppend() {
    assertEquals("b", parse("k = a\nk = b").values().get("k"));
    assertEquals("a b c", parse("k = a\nk[] = b\nk[] = c").values().get("k"));
    assertEquals("c", parse("k[] = a\nk = c").values().get("k"));
    assertEquals(
        "X-A: 1\nX-B: 2", parse("headers[] = X-A: 1\nheaders[] = X-B: 2").values().get("headers"));
    assertEquals(
        "default-src 'self'; img-src *",
        parse("[security]\npolicy[] = default-src 'self'\npolicy[] = img-src *")
            .values()
            .get("security_policy"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a ; comment                          | a",
        "a # comment                          | a",
        "a;b#c                                | a;b#c",
        "default-src 'self'; script-src 'self' | default-src 'self'; script-src 'self'",
        "\"a ; b\" ; comment                  | a ; b",
        "'a # b'                              | a # b",
        "default-src 'none' ; x               | default-src 'none'",
        "img-src 'a ; b' c                    | img-src 'a ; b' c",
        "'self' 'none'                        | 'self' 'none'",
        "Bob's app ; it's a comment           | Bob's app",
        "rock 'n roll ; comment               | rock 'n roll",
        "\"open ; end                         | \"open",
        "it's # mine                          | it's",
        "ipc://fs/a#b                         | ipc://fs/a#b",
        "x = y                                | x = y",
        "\"\"                                 | ~~",
        "on {{platform.os}}/{{ platform.os }} | on linux/linux",
        "{{nothing}} {{platform.os}}          | {{nothing}} linux",
      })
  void readsValuesByTheRulesForCommentsQuotesAndVariables(String raw, String expected) {
    assertEquals(expected, value(raw));
  }

  @Test
  void commentsAndBlankLinesAndLineEndsOfAnyKindAndAByteOrderMarkAreFine() {
    assertEquals(
        Map.of("s_a", "1", "s_b", "2", "s_c", "3"),
        parse("\uFEFF; hello\r\n# there\r\n\r\n  [s] ; section\r\n a=1\rb = 2\n\tc\t=\t3")
            .values());
  }

  @Test
  void warnsOfAColourThatBecameAComment() {
    SocketIni ini = parse("[window]\nbackgroundColorDark = #14141e");
    assertEquals("", ini.values().get("window_backgroundColorDark"));
    assertEquals(
        "socket.ini:2: [window] backgroundColorDark is empty: '#' begins a comment. Write it in quotes: \"#14141e\"",
        ini.warnings().get(0).toString());
  }

  @Test
  void warnsOfAVariableThatDoesNotExist() {
    assertTrue(parse("k = {{platform.so}}").warnings().get(0).text().contains("{{platform.so}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a = 1@nonsense         | 2",
        "[open                  | 1",
        "[]                     | 1",
        "[a] b                  | 1",
        "[.a]                   | 1",
        "= x                    | 1",
        "[] = x                 | 1",
      })
  void aMalformedLineIsAnErrorThatNamesIt(String text, int line) {
    ConfigException e = assertThrows(ConfigException.class, () -> parse(text.replace("@", "\n")));
    assertEquals(line, e.line().orElseThrow());
    assertTrue(e.getMessage().startsWith("socket.ini:" + line + ": "), e.getMessage());
  }

  @Test
  void badBytesAreAnErrorThatNamesTheLine() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                SocketIni.parse(
                    FILE, new byte[] {'a', '=', '\n', 'b', '=', (byte) 0xC3, '('}, Map.of()));
    assertEquals(2, e.line().orElseThrow());
    assertTrue(e.getMessage().contains("UTF-8"), e.getMessage());
    assertThrows(ConfigException.class, () -> parse("k = a\0b"));
  }

  @Test
  void refusesMoreThanTheNamedMaxima() {
    assertThrows(
        ConfigException.class,
        () -> SocketIni.parse(FILE, new byte[SocketIni.MAX_FILE_BYTES + 1], Map.of()));
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= SocketIni.MAX_ENTRIES; i++) {
      many.append('k').append(i).append("=\n");
    }
    assertThrows(ConfigException.class, () -> parse(many.toString()));
  }
}
