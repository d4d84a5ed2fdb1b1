package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.shell.cli.RunOptions;
import dev.dunlin.shell.config.AppConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Year;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BluetoothTest {
  @TempDir Path folder;

  private static RunOptions options(AppConfig config, boolean production) {
    return new RunOptions(
        config,
        production ? Set.of(RunOptions.Flag.PRODUCTION) : Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        List.of(),
        Optional.empty());
  }

  @Test
  void aSimulationIsForADevelopersRunOnly() {
    AppConfig config =
        AppConfig.parse(
            folder,
            "[build]\nname = a\ncopy = .\n[meta]\nbundle_identifier = com.example.a\n[bluetooth]\nsimulation = air.json\n"
                .getBytes(StandardCharsets.UTF_8),
            Map.of(),
            Year.of(2026));
    assertEquals(
        Optional.of("air.json"),
        Bluetooth.developers(config, options(config, false), Bluetooth.SIMULATION));
    assertEquals(
        Optional.empty(),
        Bluetooth.developers(config, options(config, true), Bluetooth.SIMULATION));
    assertEquals(Optional.empty(), Bluetooth.developers(config, options(config, false), "no_key"));
  }

  @Test
  void aStrangersNameIsShownAsTextAndWithoutWhatHidesOrTurnsIt() {
    assertEquals("Heart", DeviceChooser.plain("He\u202eart\u0000\n"));
    assertEquals("Unnamed device", DeviceChooser.plain("\u200b \u2066"));
    assertEquals("<html>x", DeviceChooser.plain("<html>x"));
    assertEquals("strong", DeviceChooser.word(OptionalInt.of(-40)));
    assertEquals("weak", DeviceChooser.word(OptionalInt.of(-99)));
    assertEquals("unknown", DeviceChooser.word(OptionalInt.empty()));
  }
}
