package dev.dunlin.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.operator.OperatorMain.Wanted;
import dev.dunlin.shell.operator.RunningApps.RunningApp;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorMainTest {
  private static final RunningApp NOTES =
      new RunningApp(7, "com.example.notes", "Notes", Path.of("/apps/notes"), Path.of("/run/7"));
  private static final RunningApp CHAT =
      new RunningApp(8, "com.example.chat", "Chat", Path.of("/apps/chat"), Path.of("/run/8"));

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<Wanted> opened = new ArrayList<>();

  private int execute(List<RunningApp> running, String... words) {
    return new OperatorMain(() -> running, opened::add)
        .execute(new PrintWriter(out, true), new PrintWriter(err, true), words);
  }

  @Test
  void watchesTheOnlyAppThatRuns() {
    assertEquals(0, execute(List.of(NOTES)));
    assertEquals(
        List.of(new Wanted(Optional.of(NOTES), Optional.empty(), Optional.empty())), opened);
  }

  @Test
  void listsSeveralAndOpensNothing() {
    assertEquals(2, execute(List.of(NOTES, CHAT)));
    assertTrue(err.toString().contains("com.example.notes"), err.toString());
    assertTrue(err.toString().contains("com.example.chat"), err.toString());
    assertEquals(List.of(), opened);
  }

  @Test
  void findsAnAppByAnyOfItsNames() {
    for (String name : List.of("com.example.chat", "chat", "8", "/apps/chat", "/run/8")) {
      opened.clear();
      assertEquals(0, execute(List.of(NOTES, CHAT), name), name);
      assertEquals(Optional.of(CHAT), opened.get(0).app(), name);
    }
  }

  @Test
  void saysWhatToDoWhereNothingCanBeWatched() {
    assertEquals(1, execute(List.of()));
    assertTrue(err.toString().contains("dunlin run"), err.toString());
    assertEquals(1, execute(List.of(NOTES), "paint"));
    assertTrue(err.toString().contains("com.example.notes"), err.toString());
    assertEquals(List.of(), opened);
  }

  @Test
  void saysWhatIsWrongWithTheWords() {
    assertEquals(2, execute(List.of(NOTES), "--open", "x", "--list"));
    assertEquals(2, execute(List.of(NOTES), "--frobnicate"));
    assertEquals(1, execute(List.of(NOTES), "--open", "/nowhere/x.jsonl"));
    assertTrue(err.toString().contains("there is no file /nowhere/x.jsonl"), err.toString());
    assertEquals(List.of(), opened);
  }

  @Test
  void recordsToNoFileThatIsThere(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("run.jsonl"), "of somebody");
    assertEquals(1, execute(List.of(NOTES), "--record", file.toString()));
    assertTrue(err.toString().contains("name another"), err.toString());
    assertEquals(List.of(), opened);
    assertEquals(0, execute(List.of(NOTES), "--record", folder.resolve("new.jsonl").toString()));
    assertEquals(1, opened.size());
  }

  @Test
  void printsTheList() {
    assertEquals(0, execute(List.of(NOTES, CHAT), "--list"));
    assertEquals(2, out.toString().lines().count());
  }
}
