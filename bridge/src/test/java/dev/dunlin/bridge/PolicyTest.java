package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
  private static final String FILE = "ipc://fs/readFile/home/u/a.txt";

  private static boolean allows(String policy, String url) {
    return PolicySet.of(List.of(policy)).allows(CommandUrl.parse(url));
  }

  @Test
  void aSourceOfAnyLengthIsMatched() {
    String path = "/readFile/" + "a/".repeat(20_000);
    PolicySet policy = PolicySet.of(List.of("connect-src ipc://fs" + path));
    assertTrue(policy.allows(CommandUrl.parse("ipc://fs" + path + "b")));
    assertFalse(policy.allows(CommandUrl.parse("ipc://fs/readFile/a/b")));
    // A host of many labels is no module's.
    PolicySet.of(List.of("connect-src ipc://" + "a.".repeat(20_000) + "a"));
  }

  @Test
  void takesNoPlusForASpace() {
    String policy = "connect-src ipc://fs/readFile/a+b";
    assertTrue(allows(policy, "ipc://fs/readFile/a+b"));
    assertTrue(allows(policy, "ipc://fs/readFile/a%2Bb"));
    assertFalse(allows(policy, "ipc://fs/readFile/a%20b"));
    assertFalse(allows("connect-src ipc://fs/readFile/a%20b", "ipc://fs/readFile/a+b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "connect-src ipc:                                   | true",
        "connect-src IPC:                                   | true",
        "CONNECT-SRC ipc:                                   | true",
        "default-src ipc:                                   | true",
        "default-src ipc:; connect-src 'self'               | false",
        "default-src 'none'; connect-src ipc:               | true",
        "connect-src 'none' ipc:                            | true",
        "connect-src 'none'                                 | false",
        "connect-src                                        | false",
        "connect-src *                                      | false",
        "connect-src 'self'                                 | false",
        "connect-src https:                                 | false",
        "connect-src fs                                     | false",
        "connect-src ipc://*                                | true",
        "connect-src ipc://*:*                              | true",
        "connect-src ipc://fs                               | true",
        "connect-src ipc://FS                               | true",
        "connect-src ipc://fs/                              | true",
        "connect-src ipc://fs:*                             | true",
        "connect-src ipc://fs:80                            | false",
        "connect-src ipc://fs:0                             | false",
        "connect-src ipc://*.fs                             | false",
        "connect-src ipc://fs/readFile                      | false",
        "connect-src ipc://fs/readFile/                     | true",
        "connect-src ipc://fs/readfile/                     | false",
        "connect-src ipc://fs/readFile/home/u               | false",
        "connect-src ipc://fs/readFile/home/u/              | true",
        "connect-src ipc://fs/readFile/home/u/a.txt         | true",
        "connect-src ipc://fs/readFile/home/u/a.txt/        | false",
        "connect-src ipc://fs/readFile/home/u/a.tx          | false",
        "connect-src ipc://fs/readFile/home/u/%61.txt       | true",
        "connect-src ipc://fs/readFile%2Fhome%2F            | true",
        "connect-src ipc://fs/readFile/home/u/a.txt?q#f     | true",
        "connect-src ipc://fs/readFile/home/*               | false",
        "connect-src ipc://fs?q                             | false",
        "connect-src ipc://fs#f                             | false",
        "connect-src ipc://os ipc://fs/readFile/home/       | true",
        "connect-src ipc:/fs ipc:// ipc://fs_/ junk 'nonce-' | false",
        "connect-src ipc://fs/; connect-src 'none'          | true",
        "connect-src 'none'; connect-src ipc:               | false",
        "connect-src é; default-src ipc:                    | true",
        "connect-src é; connect-src ipc:                    | false",
        "connect-src 'self'  , connect-src ipc:             | false",
        "connect-src ipc:, connect-src ipc://fs/            | true",
        "connect-src ipc:, img-src 'none'                   | true",
        "img-src 'self'                                     | false",
        "sandbox allow-scripts; connect-src ipc:            | false",
        "sandbox allow-same-origin; connect-src ipc:        | true",
        "``                                                 | false",
      })
  void decidesAsChromiumDoes(String policy, boolean allowed) {
    assertEquals(allowed, allows(policy, FILE), policy);
  }

  @Test
  void deniesEverythingWithoutAPolicy() {
    assertFalse(PolicySet.NONE.allows(CommandUrl.parse(FILE)));
    assertFalse(PolicySet.of(List.of()).allows(CommandUrl.parse("ipc://os/cpus")));
  }

  @Test
  void ignoresASourceWithAnUnderscoreInItsHostAsChromiumDoes() {
    String spawn = "ipc://child_process/spawn/usr/bin/git";
    assertFalse(allows("connect-src ipc://child_process/", spawn));
    assertTrue(allows("connect-src ipc://child-process/", spawn));
  }

  @Test
  void aSandboxWithoutSameOriginHasNoBridge() {
    assertFalse(PolicySet.of(List.of("sandbox", "connect-src ipc:")).hasBridge());
    assertTrue(PolicySet.of(List.of("sandbox allow-same-origin")).hasBridge());
  }

  @Test
  void theHeaderExpandsNamesAndLetsOpenedThingsBeUsed() {
    PolicyHeader header =
        new PolicyHeader(
            Map.of("DOCUMENTS", List.of(Path.of("/home/ü/My Docs"), Path.of("/mnt/d"))));
    assertEquals(
        "default-src 'self'; connect-src 'self' ipc://fs/readFile/home/%C3%BC/My%20Docs/notes/"
            + " ipc://fs/readFile/mnt/d/notes/ ipc://child-process/spawn/ ipc://handle/ ipc://push/ ipc://child-process/lookup",
        header.value(
            "default-src 'self'; connect-src 'self' ipc://fs/readFile/$DOCUMENTS/notes/"
                + " ipc://child_process/spawn/;"));
    assertEquals("default-src 'self'", header.value("default-src 'self'"));
    assertEquals(
        "connect-src ipc://bluetooth/advertise/x ipc://handle/ ipc://push/"
            + " ipc://bluetooth/availability ipc://bluetooth/device/ ipc://bluetooth/devices",
        header.value("connect-src ipc://bluetooth/advertise/x"));
    assertEquals(
        "default-src ipc://os/ ipc://handle/ ipc://push/, img-src 'self'",
        header.value("default-src ipc://os/,img-src 'self'"));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> header.value("connect-src ipc://fs/stat/$DOCS/"))
            .getMessage()
            .contains("$DOCUMENTS"));
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "ipc:",
            "*",
            "'self'",
            "'none'",
            "ipc://fs",
            "ipc://fs/",
            "ipc://*",
            "ipc://*.fs",
            "ipc://os",
            "fs",
            "https:",
            "ipc://child_process/",
            "ipc://fs:*",
            "ipc://fs:443/",
            "ipc://fs/readFile",
            "ipc://FS/readFile/a/",
            "'nonce-abc'",
            "ipc://fs/%",
            "ipc:///a",
            "ipc://fs/readFile/a%2Fb",
            "ipc://fs/readFile/%FF",
            "ipc://fs/readFile/|"),
        Arbitraries.strings().withChars("ipc:/fs*.%20aé'?#\\|").ofMaxLength(24));
  }

  @Provide
  Arbitrary<List<String>> sources() {
    return tokens().list().ofMaxSize(5);
  }

  @Provide
  Arbitrary<String> urls() {
    return Arbitraries.of("a", "b", "|", "%20", "é", "a.b", "A")
        .list()
        .ofMaxSize(3)
        .flatMap(
            path ->
                Arbitraries.of("ipc://fs/readFile/", "ipc://fs/stat/", "ipc://os/", "ipc://handle/")
                    .map(head -> head + String.join("/", path)));
  }

  @Property
  void neverThrowsAndNeverAllowsMoreThanTheSourcesTakenOneByOne(
      @ForAll("sources") List<String> sources, @ForAll("urls") String url) {
    boolean together = allows("connect-src " + String.join(" ", sources), url);
    boolean ascii = sources.stream().allMatch(s -> s.chars().allMatch(c -> c < 128));
    boolean apart = sources.stream().anyMatch(s -> allows("connect-src " + s, url));
    assertEquals(ascii && apart, together);
  }

  @Property
  void aFurtherPolicyNeverAllowsMore(
      @ForAll("sources") List<String> one,
      @ForAll("sources") List<String> two,
      @ForAll("urls") String url) {
    String first = "connect-src " + String.join(" ", one);
    String second = "default-src " + String.join(" ", two);
    boolean both = PolicySet.of(List.of(first, second)).allows(CommandUrl.parse(url));
    assertEquals(both, allows(first + "," + second, url));
    // A void directive (non-ASCII) governs nothing, so the other policy decides alone.
    boolean allAscii = (first + second).chars().allMatch(c -> c < 128);
    if (allAscii) {
      assertEquals(allows(first, url) && allows(second, url), both);
    }
  }

  @Property
  void aFurtherSourceNeverAllowsLess(
      @ForAll("sources") List<String> sources,
      @ForAll("tokens") String more,
      @ForAll("urls") String url) {
    if (!more.chars().allMatch(c -> c < 128) || more.contains(";") || more.contains(",")) {
      return;
    }
    List<String> longer = new ArrayList<>(sources);
    longer.add(more);
    if (allows("connect-src " + String.join(" ", sources), url)) {
      assertTrue(allows("connect-src " + String.join(" ", longer), url));
    }
  }
}
