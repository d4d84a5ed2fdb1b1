package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.spi.BridgeError;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandUrlTest {
  @Test
  void splitsModuleFunctionAndResource() {
    CommandUrl url = CommandUrl.parse("ipc://fs/readFile/home/u/a%20b.txt?encoding=utf8&x=%C3%A9");
    assertEquals("fs", url.host());
    assertEquals("readFile", url.function());
    assertEquals("home/u/a b.txt", url.resource());
    assertEquals(Map.of("encoding", "utf8", "x", "é"), url.query());
    assertEquals("ipc://fs/readFile/home/u/a%20b.txt", url.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "IPC://FS/readFile/a, ipc://fs/readFile/a",
    "ipc://child_process/spawn/usr/bin/git, ipc://child-process/spawn/usr/bin/git",
    "ipc://fs/readFile/a/../b, ipc://fs/readFile/b",
    "ipc://fs/readFile/a/./b/., ipc://fs/readFile/a/b/",
    "ipc://fs/readFile/a/b/.., ipc://fs/readFile/a/",
    "ipc://fs/readFile/a/%2e%2E/b, ipc://fs/readFile/b",
    "ipc://fs/readFile/%61%2d%7E, ipc://fs/readFile/a-~",
    "ipc://fs/readFile/é, ipc://fs/readFile/%C3%A9",
    "ipc://fs/readFile/a'b;c|d, ipc://fs/readFile/a%27b%3Bc%7Cd",
    "ipc://fs/readFile/C:/Users, ipc://fs/readFile/C:/Users",
    "ipc://fs/readdir/home/, ipc://fs/readdir/home/",
    "ipc://push/, ipc://push/",
    "ipc://push, ipc://push/",
    "ipc://os/cpus?a=/../b, ipc://os/cpus",
  })
  void hasOneCanonicalSpelling(String url, String canonical) {
    assertEquals(canonical, CommandUrl.parse(url).toString());
    assertEquals(canonical, CommandUrl.parse(canonical).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ipc:",
        "ipc:/fs/stat/a",
        "ipc://",
        "ipc:///fs/stat",
        "http://fs/stat/a",
        "ipc://fs:80/stat/a",
        "ipc://user@fs/stat/a",
        "ipc://[::1]/stat/a",
        "ipc://f.s/stat/a",
        "ipc://f%73/stat/a",
        "ipc://fs/stat//a",
        "ipc://fs//stat/a",
        "ipc://fs/../stat/a",
        "ipc://fs/stat/..",
        "ipc://fs/stat/../unlink/a",
        "ipc://fs/stat/a/../../../etc/passwd",
        "ipc://fs/stat/%2e%2e/%2e%2e/a",
        "ipc://fs/stat/a%00b",
        "ipc://fs/stat/a%2Fb",
        "ipc://fs/stat/a%2fb",
        "ipc://fs/stat/a%5Cb",
        "ipc://fs/stat/a\\b",
        "ipc://fs/stat/a#b",
        "ipc://fs/stat/a b",
        "ipc://fs/stat/a\tb",
        "ipc://fs/stat/a\nb",
        "ipc://fs/stat/a\u0000b",
        "ipc://fs/stat/%",
        "ipc://fs/stat/%4",
        "ipc://fs/stat/%zz",
        "ipc://fs/stat/%uff0e",
        "ipc://fs/stat/%FF",
        "ipc://fs/stat/%C0%AE%C0%AE",
        "ipc://fs/stat/%E0%80%AF",
        "ipc://fs/stat/%ED%A0%80",
        "ipc://fs/stat/%F4%90%80%80",
        "ipc://fs/stat/\ud800",
        "ipc://fs/stat/a?x=%FF",
      })
  void refusesWhatHasNoSingleMeaning(String url) {
    BridgeError error = assertThrows(BridgeError.class, () -> CommandUrl.parse(url));
    assertEquals("ERR_INVALID_CALL", error.code());
  }

  @Test
  void refusesAnOverlongUrl() {
    assertThrows(
        BridgeError.class,
        () -> CommandUrl.parse("ipc://fs/stat/" + "a".repeat(Limits.URL_LENGTH)));
  }

  @Property
  void parsesOrRefusesAnythingAtAll(@ForAll String text) {
    for (String url : List.of(text, "ipc://" + text, "ipc://fs/stat/" + text)) {
      try {
        CommandUrl parsed = CommandUrl.parse(url);
        assertEquals(
            parsed, CommandUrl.parse(parsed.toString()), "canonical form is a fixed point");
        assertTrue(parsed.segments().stream().noneMatch(s -> s.equals("..") || s.contains("/")));
      } catch (BridgeError refused) {
        assertEquals("ERR_INVALID_CALL", refused.code());
      }
    }
  }

  @Property
  void everyNameSurvivesEncodingAndParsing(@ForAll @Size(max = 4) List<@NotEmpty String> names) {
    List<String> good =
        names.stream()
            .map(n -> n.replaceAll("[\\x00/\\\\]|[\\ud800-\\udfff]", "_"))
            .filter(n -> !n.equals(".") && !n.equals(".."))
            .toList();
    String url = "ipc://fs/stat" + CommandUrl.encodePath("/" + String.join("/", good));
    assertEquals(String.join("/", good), CommandUrl.parse(url).resource());
  }
}
