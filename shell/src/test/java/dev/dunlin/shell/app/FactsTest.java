package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.dunlin.bridge.Limits;
import dev.dunlin.shell.cli.RunOptions;
import dev.dunlin.shell.cli.RunOptions.Flag;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Year;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ODD = "\"'</script><!--\u2028\u2029\u0001\\ \uD83D\uDE00";

  @TempDir Path folder;

  private AppConfig config() {
    return AppConfig.parse(
        folder,
        """
        [build]
        name = demo
        env[] = SHOWN
        env[] = ABSENT
        env[] = BOTH
        [meta]
        bundle_identifier = com.example.demo
        [env]
        WRITTEN = ini
        BOTH = ini
        AGAIN = ini
        """
            .getBytes(StandardCharsets.UTF_8),
        Map.of(),
        Year.of(2026));
  }

  private JsonNode facts(Set<Flag> flags, Map<String, String> environment, String... arguments)
      throws IOException {
    AppConfig config = config();
    UserFolders folders =
        UserFolders.of(
            Os.LINUX, Map.of(), folder, folder, config.build().resources(), "com.example.demo");
    Facts facts =
        new Facts(
            config,
            new RunOptions(
                config,
                flags,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                environment,
                List.of(arguments),
                Optional.empty()),
            folders,
            Map.of("SHOWN", "shell", "BOTH", "shell", "SECRET", "s3cret", "PATH", "/bin"),
            id -> Map.of("index", id));
    return JSON.readTree(JSON.writeValueAsString(facts.of(3)));
  }

  @Test
  void showOnlyTheVariablesThatAreNamed() throws IOException {
    JsonNode facts = facts(Set.of(), Map.of("AGAIN", "line", "NEW", "line"));
    assertEquals(
        JSON.valueToTree(
            Map.of(
                "SHOWN", "shell", "WRITTEN", "ini", "BOTH", "ini", "AGAIN", "line", "NEW", "line")),
        facts.get("env"));
    assertFalse(facts.toString().contains("s3cret"));
  }

  @Test
  void argvIsTheProgramTheAppAndWhatFollows() throws IOException {
    ArrayNode argv = (ArrayNode) facts(Set.of(), Map.of(), "--x", "a b").get("argv");
    assertEquals(4, argv.size());
    assertTrue(Path.of(argv.get(0).asText()).isAbsolute() || argv.get(0).asText().equals("dunlin"));
    assertEquals(folder.toString(), argv.get(1).asText());
    assertEquals("--x", argv.get(2).asText());
    assertEquals("a b", argv.get(3).asText());
  }

  @Test
  void anyTextComesThroughAsJson() throws IOException {
    JsonNode facts = facts(Set.of(), Map.of(ODD, ODD), ODD);
    assertEquals(ODD, facts.get("argv").get(2).asText());
    assertEquals(ODD, facts.get("env").get(ODD).asText());
  }

  @Test
  void sayWhichWindowAndRunItIs() throws IOException {
    JsonNode facts = facts(Set.of(Flag.HEADLESS, Flag.PRODUCTION), Map.of());
    assertEquals(3, facts.get("window").get("index").asInt());
    assertEquals("https://com.example.demo.localhost", facts.get("origin").asText());
    assertEquals("com.example.demo", facts.get("bundleIdentifier").asText());
    assertTrue(facts.get("headless").asBoolean());
    assertFalse(facts.get("debug").asBoolean());
    assertFalse(facts.get("test").asBoolean());
    assertEquals(ProcessHandle.current().pid(), facts.get("pid").asLong());
    assertEquals(Limits.MESSAGE_LENGTH, facts.get("limits").get("messageBytes").asInt());
    assertEquals(
        folder.resolve("Documents").toString(), facts.get("paths").get("documents").asText());
    assertTrue(facts(Set.of(), Map.of()).get("debug").asBoolean());
    assertTrue(facts(Set.of(Flag.PRODUCTION, Flag.DEBUG), Map.of()).get("debug").asBoolean());
  }

  @Test
  void everyVersionIsKnown() {
    Facts.versions().forEach((name, version) -> assertFalse(version.toString().isBlank(), name));
    assertEquals(Set.of("dunlin", "chromium", "cef", "java", "vertx"), Facts.versions().keySet());
  }
}
