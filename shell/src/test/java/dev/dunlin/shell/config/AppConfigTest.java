package dev.dunlin.shell.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.config.AppConfig.Header;
import dev.dunlin.shell.config.AppConfig.WindowFlag;
import dev.dunlin.shell.spelling.Language;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Year;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppConfigTest {
  private static final String LEAST =
      "[build]\nname = demo\n[meta]\nbundle_identifier = com.Example.Demo_1\n";

  @TempDir Path folder;

  private AppConfig parse(String text) {
    return AppConfig.parse(
        folder,
        text.getBytes(StandardCharsets.UTF_8),
        Map.of("platform.os", "linux"),
        Year.of(2026));
  }

  private ConfigException fault(String text) {
    return assertThrows(ConfigException.class, () -> parse(text));
  }

  @Test
  void fillsInTheDefaultsOfTheReference() {
    AppConfig config = parse(LEAST);
    assertEquals("com.example.demo_1", config.meta().bundleIdentifier());
    assertEquals("https://com.example.demo-1.localhost", config.meta().origin());
    assertEquals("com-example-demo-1", config.meta().applicationProtocol());
    assertEquals("demo", config.meta().title());
    assertEquals("1.0.0", config.meta().version());
    assertEquals("(c) demo 2026", config.meta().copyright());
    assertEquals("en-us", config.meta().lang());
    assertEquals(4096, config.meta().fileLimit());
    assertEquals(folder, config.build().resources());
    assertEquals("/", config.webview().root());
    assertEquals(Optional.empty(), config.webview().defaultIndex());
    assertFalse(config.webview().watch());
    assertTrue(config.webview().reload());
    assertEquals(new Length.Percent(100), config.window().width());
    assertEquals(
        Set.of(
            WindowFlag.RESIZABLE,
            WindowFlag.MAXIMIZABLE,
            WindowFlag.MINIMIZABLE,
            WindowFlag.CLOSABLE),
        config.window().flags());
    assertTrue(config.permissions().allows(Permission.CAMERA));
    assertEquals("", config.security().policy());
    assertEquals(List.of(), config.warnings());
    assertEquals("4096", config.values().get("meta_file_limit"));
  }

  @Test
  void readsWhatIsWritten() throws IOException {
    Files.createDirectories(folder.resolve("www"));
    AppConfig config =
        parse(
            """
            [build]
            name = demo
            copy = www
            headless = true
            env[] = HOME
            env[] = USER
            [meta]
            bundle_identifier = com.example.demo
            version = 2.10.3
            title = "Démo ; one"
            [webview]
            root = /app/
            default_index = /start.html
            watch = true
            headers[] = X-A: 1
            headers[] = "X-B: a; b"
            [webview.navigator.policies]
            allowed[] = https://example.com/*
            allowed[] = https://*.example.org
            [window]
            width = 800
            height = 62.5%
            min_width = 300px
            backgroundColorDark = rgba(1, 2, 3, .5)
            background_color_light = "#fff"
            frameless = true
            resizable = false
            [permissions]
            allow_camera = false
            [security]
            policy[] = default-src 'self'; script-src 'self' socket:
            policy[] = connect-src 'self' ipc://os
            require_sandbox = true
            [env]
            GREETING = hello ; there
            """);
    assertEquals(folder.resolve("www"), config.build().resources());
    assertTrue(config.build().headless());
    assertEquals(List.of("HOME", "USER"), config.build().env());
    assertEquals("Démo ; one", config.meta().title());
    assertEquals("2.10.3", config.meta().version());
    assertEquals("/app/", config.webview().root());
    assertEquals(Optional.of("/start.html"), config.webview().defaultIndex());
    assertTrue(config.webview().watch());
    assertEquals(
        List.of(new Header("X-A", "1"), new Header("X-B", "a; b")), config.webview().headers());
    assertEquals(
        List.of("https://example.com/*", "https://*.example.org"), config.webview().allowed());
    assertEquals(800, config.window().width().on(1000));
    assertEquals(500, config.window().height().on(800));
    assertEquals(new Length.Pixels(300), config.window().minWidth());
    assertEquals(Optional.of(new Colour(1, 2, 3, 0.5)), config.window().backgroundDark());
    assertEquals(Optional.of(new Colour(255, 255, 255, 1)), config.window().backgroundLight());
    assertTrue(config.window().flags().contains(WindowFlag.FRAMELESS));
    assertFalse(config.window().flags().contains(WindowFlag.RESIZABLE));
    assertFalse(config.permissions().allows(Permission.CAMERA));
    assertTrue(config.permissions().allows(Permission.MICROPHONE));
    assertEquals(
        "default-src 'self'; script-src 'self' socket:; connect-src 'self' ipc://os",
        config.security().policy());
    assertTrue(config.security().requireSandbox());
    assertEquals(Map.of("GREETING", "hello"), config.environment());
    assertEquals(List.of(), config.warnings());
  }

  @Test
  void resourcesComeFromSrcWhenItIsThere() throws IOException {
    Files.createDirectories(folder.resolve("src"));
    assertEquals(folder.resolve("src"), parse(LEAST).build().resources());
    assertEquals(folder, parse(LEAST + "[build]\ncopy = .").build().resources());
  }

  @ParameterizedTest
  @CsvSource({
    "true, true",
    "false, false",
    "null, null",
    "NaN, \"NaN\"",
    "0x1F, 31",
    "-12, -12",
    "1.5e3, 1500.0",
    "1.0.0, \"1.0.0\"",
    "007, \"007\"",
    "50%, \"50%\"",
    "'[1, {\"a\":2}]', '[1,{\"a\":2}]'",
    "'{\"a\":1} x', '\"{\\\"a\\\":1} x\"'",
    "'{{', '\"{{\"'",
    "hello, \"hello\"",
  })
  void valuesAreTypedForJavaScript(String text, String json) {
    assertEquals(json, JsValue.of(text).toString());
  }

  @Test
  void aMissingFileSaysWhatToDo() {
    ConfigException e = assertThrows(ConfigException.class, () -> AppConfig.load(folder));
    assertEquals(folder.resolve("socket.ini"), e.file());
    assertTrue(e.getMessage().contains("dunlin run DIR"), e.getMessage());
    assertTrue(e.getMessage().contains("bundle_identifier"), e.getMessage());
    ConfigException none =
        assertThrows(ConfigException.class, () -> AppConfig.load(folder.resolve("none")));
    assertTrue(none.getMessage().contains("no such folder"), none.getMessage());
  }

  @Test
  void loadsAFileFromDisk() throws IOException {
    Files.writeString(folder.resolve("socket.ini"), LEAST);
    assertEquals("demo", AppConfig.load(folder).build().name());
  }

  @Test
  void missingKeysAreNamedWithAnExample() {
    assertEquals(
        folder.resolve("socket.ini")
            + ": [build] name: it is missing. Add [build] and under it, for example, name = my-app.",
        fault("").getMessage());
    ConfigException e = fault("[build]\nname = demo");
    assertEquals(Optional.of("[meta] bundle_identifier"), e.key());
    assertTrue(e.cure().contains("bundle_identifier = com.example.demo"), e.cure());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[build]\nname = two words",
        "[build]\nname = Ünicode",
        "[build]\ncopy = ../other",
        "[build]\ncopy = /etc",
        "[build]\ncopy = not-there",
        "[build]\nheadless = yes",
        "[meta]\nversion = 1.0",
        "[meta]\nversion = 1.0.0-beta",
        "[meta]\nbundle_identifier = demo",
        "[meta]\nbundle_identifier = com..demo",
        "[meta]\nbundle_identifier = com.-demo",
        "[meta]\nbundle_identifier = com.exa mple",
        "[meta]\nbundle_identifier = com.example/../x",
        "[meta]\nbundle_identifier = com.ex@mple",
        "[meta]\nfile_limit = many",
        "[meta]\napplication_protocol = 1x",
        "[webview]\nroot = app",
        "[webview]\nroot = /a/../..",
        "[webview]\ndefault_index = ../x.html",
        "[webview]\nheaders[] = nothing",
        "[webview]\nwatch = 1",
        "[window]\nwidth = 101%",
        "[window]\nwidth = 99999",
        "[window]\nwidth = wide",
        "[window]\nwidth = -1",
        "[window]\nmax_width = 100\nmin_width = 200",
        "[window]\nbackgroundColorDark = black",
        "[window]\nbackgroundColorDark = rgba(256, 0, 0, 1)",
        "[permissions]\nallow_camera = no",
        "[security]\nrequire_sandbox = maybe",
        "[spellcheck]\nenabled = no",
        "[spellcheck]\nlanguages = de german",
        "[spellcheck]\ndictionaries = ../others",
      })
  void aWrongValueIsAnErrorThatNamesLineAndKeyAndCure(String extra) {
    ConfigException e = fault(LEAST + extra);
    String[] lines = (LEAST + extra).split("\n");
    String section = extra.substring(0, extra.indexOf('\n'));
    String key = lines[lines.length - 1].replaceFirst("(\\[])? = .*", "");
    assertEquals(Optional.of(lines.length), e.line());
    assertEquals(Optional.of(section + " " + key), e.key());
    assertTrue(e.cure().endsWith(".") || e.cure().endsWith("\\."), e.cure());
  }

  @ParameterizedTest
  @CsvSource({
    "[window] widht = 3,                [window] width",
    "[webview] defaultindex = x,        [webview] default_index",
    "[meta] bundel_identifier = a.b,    [meta] bundle_identifier",
    "[permission] allow_camera = false, [permissions] allow_camera",
    "[secuirty] policy = x,             [security] policy",
  })
  void anUnknownKeyIsAWarningWithTheNearestName(String extra, String nearest) {
    AppConfig config = parse(LEAST + extra.replace("] ", "]\n"));
    assertEquals(1, config.warnings().size());
    ConfigWarning warning = config.warnings().get(0);
    assertEquals(6, warning.line());
    assertTrue(warning.text().endsWith("is it meant to be " + nearest + "?"), warning.text());
  }

  @Test
  void anUnknownKeyFarFromAllIsAWarningWithoutAGuess() {
    assertEquals(
        "nothing knows the key [zebra] stripes",
        parse(LEAST + "[zebra]\nstripes = 9").warnings().get(0).text());
  }

  @Test
  void moreLanguagesThanAreLookedUpAreLeftOutWithAWarning() {
    AppConfig config =
        parse(LEAST + "[spellcheck]\nlanguages = de de_DE en fr it es nl pl cs sv da");
    assertEquals(
        List.of("de", "en", "fr", "it", "es", "nl", "pl", "cs"),
        config.spelling().languages().stream().map(Language::tag).toList());
    assertEquals(1, config.warnings().size());
    assertTrue(
        config.warnings().get(0).text().endsWith("so sv, da is left out"),
        config.warnings().get(0).text());
    assertEquals(
        List.of(),
        parse(LEAST + "[spellcheck]\nlanguages = de en fr it es nl pl cs cs_CZ").warnings());
  }

  @Test
  void keysOfOtherIssuesAndOtherSystemsAreKnown() {
    assertEquals(
        List.of(),
        parse(
                LEAST
                    + """
                    [linux]
                    cmd = node backend.js
                    [tray]
                    icon = icon.png
                    [android]
                    main_activity = X
                    [webview.navigator.mounts]
                    $HOST_HOME/notes = /notes
                    [webview.service-workers]
                    / = /sw.js
                    [build.extensions]
                    simple = ext
                    [application]
                    signals = SIGUSR1
                    """)
            .warnings());
  }

  @Test
  void theTypedFormHoldsAllValues() {
    assertEquals(
        "{\"build_name\":\"demo\",\"meta_bundle_identifier\":\"com.example.demo_1\",\"window_width\":800}",
        parse(LEAST + "[window]\nwidth = 800")
            .toJson()
            .retain("build_name", "meta_bundle_identifier", "window_width")
            .toString());
  }

  @Test
  void randomBytesNeverThrowAnythingButTheTypedError() {
    long seed = ByteBuffer.wrap(RandomSource.secure().bytes(8)).getLong();
    System.out.println("AppConfigTest seed " + seed);
    RandomSource random = RandomSource.seeded(seed);
    String[] pieces = {
      "[",
      "]",
      "[.",
      "window",
      "build",
      "meta",
      "name",
      "=",
      "[] =",
      "\n",
      "\r",
      ";",
      "#",
      "\"",
      "'",
      " ",
      "\t",
      "{{",
      "}}",
      "platform.os",
      "%",
      "rgba(1,2,3,.)",
      "9999999999",
      "com.",
      ".",
      "_",
      "width",
      "version",
      "headers",
      "policy",
      "copy",
      "\\",
      "..",
      "\0",
      "ü",
      "\uFEFF",
      "bundle_identifier",
      "$1",
      "file_limit"
    };
    int parsed = 0;
    for (int run = 0; run < 30_000; run++) {
      byte[] noise = random.bytes(1 + (random.bytes(1)[0] & 0x7F));
      StringBuilder text = new StringBuilder(run % 2 == 0 ? LEAST : "");
      for (byte b : noise) {
        text.append(pieces[(b & 0xFF) % pieces.length]);
      }
      byte[] bytes = run % 3 == 0 ? noise : text.toString().getBytes(StandardCharsets.UTF_8);
      try {
        AppConfig.parse(folder, bytes, Map.of("platform.os", "linux"), Year.of(2026)).toJson();
        parsed++;
      } catch (ConfigException e) {
        assertFalse(e.getMessage().isBlank());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", run " + run + ": " + text, e);
      }
    }
    assertTrue(parsed > 0, "the corpus has no valid file, so it tests little");
  }
}
