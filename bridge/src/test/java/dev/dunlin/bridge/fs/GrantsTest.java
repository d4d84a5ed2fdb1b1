package dev.dunlin.bridge.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was picked in a window, and nothing else, may be used beyond the policy. */
class GrantsTest {
  private static final PolicySet MAY_ASK =
      PolicySet.of(List.of("connect-src ipc://picker/pick ipc://picker/later"));

  @TempDir Path temp;
  private Path root;
  private Path app;
  private Harness harness;
  private final Promise<Void> person = Promise.promise();

  /** A person who picks what the page names. */
  private final class Picker implements CommandModule {
    @Override
    public String name() {
      return "picker";
    }

    @Override
    public List<Command> commands() {
      return List.of(
          new Command(
              "pick",
              new Command.Resource.None(),
              Command.Permission.PERSON,
              Command.RunsOn.WORKER,
              call -> {
                Path path = Path.of(call.param("path").orElseThrow().asText());
                try {
                  return Future.succeededFuture(
                      new Reply.Data(
                          call.grant(path, call.param("write").orElseThrow().asBoolean())
                              .toString()));
                } catch (IOException e) {
                  return Future.failedFuture(e);
                }
              }),
          new Command(
              "later",
              new Command.Resource.None(),
              Command.Permission.PERSON,
              Command.RunsOn.EVENT_LOOP,
              call ->
                  person
                      .future()
                      .compose(
                          picked -> {
                            try {
                              return Future.succeededFuture(
                                  new Reply.Data(call.grant(app, true).toString()));
                            } catch (IOException e) {
                              return Future.failedFuture(e);
                            }
                          })));
    }
  }

  @BeforeEach
  void lay() throws IOException {
    root = temp.toRealPath();
    app = Files.createDirectories(root.resolve("app"));
    Files.writeString(app.resolve("index.html"), "the app");
    Files.createDirectories(root.resolve("picked/deep"));
    for (String file : List.of("picked/a", "picked/deep/b", "picked*", "pickedNot", "one", "two")) {
      Files.writeString(root.resolve(file), file);
    }
    Files.createSymbolicLink(root.resolve("picked/out"), root.resolve("two"));
    Files.createSymbolicLink(root.resolve("picked/in"), root.resolve("picked/a"));
    Files.createSymbolicLink(root.resolve("toPicked"), root.resolve("picked"));
    harness = new Harness(List.of(app), new FsModule(RandomSource.secure()), new Picker());
  }

  @AfterEach
  void close() {
    harness.close();
  }

  private String at(String function, String path) {
    return "ipc://fs/" + function + root.resolve(path).toString().replace("*", "%2A");
  }

  private String pick(Page page, String path, boolean write) {
    return page.data(
            "ipc://picker/pick", Map.of("path", root.resolve(path).toString(), "write", write))
        .asText();
  }

  private static void assertDenied(JsonNode error) {
    assertEquals("ERR_ACCESS_DENIED", error.path("code").asText(), error::toString);
  }

  private Map<String, Object> to(String path) {
    return Map.of("dest", root.resolve(path).toString());
  }

  private static final Map<String, Object> TEXT = Map.of("encoding", "utf8");

  @Test
  void aPickedFileIsReadAndNothingBesideIt() {
    Page page = harness.page(1, MAY_ASK);
    assertDenied(page.error(at("readFile", "one"), TEXT));
    assertEquals(root.resolve("one").toString(), pick(page, "one", false));
    assertEquals("one", page.data(at("readFile", "one"), TEXT).asText());
    assertTrue(page.data(at("stat", "one"), Map.of()).has("size"));
    assertDenied(page.error(at("readFile", "two"), TEXT));
    assertDenied(page.error(at("readFile", "one/x"), TEXT));
    assertDenied(page.error(at("readdir", ""), Map.of()));
    assertDenied(page.error(at("writeFile", "one"), Map.of("data", "changed")));
    assertDenied(page.error(at("open", "one"), Map.of("flags", "r+")));
    assertDenied(page.error(at("link", "one"), to("two")));
  }

  @Test
  void aNameIsTakenLiterally() {
    Page page = harness.page(1, MAY_ASK);
    pick(page, "picked*", false);
    assertEquals("picked*", page.data(at("readFile", "picked*"), TEXT).asText());
    assertDenied(page.error(at("readFile", "pickedNot"), TEXT));
    assertDenied(page.error(at("readFile", "picked/a"), TEXT));
  }

  @Test
  void aPickedFolderIsWhatIsInItAndNoLinkLeadsOut() throws IOException {
    Page page = harness.page(1, MAY_ASK);
    // By a link: what is granted is where it leads.
    assertEquals(root.resolve("picked").toString(), pick(page, "toPicked", true));
    assertEquals("picked/deep/b", page.data(at("readFile", "picked/deep/b"), TEXT).asText());
    assertEquals("picked/a", page.data(at("readFile", "picked/in"), TEXT).asText());
    assertEquals(4, page.data(at("readdir", "picked"), Map.of()).size());
    page.data(at("writeFile", "picked/deep/new"), Map.of("data", "new"));
    assertEquals("new", Files.readString(root.resolve("picked/deep/new")));
    page.data(at("rm", "picked/deep"), Map.of("recursive", true));
    assertFalse(Files.exists(root.resolve("picked/deep")));
    for (String other : List.of("picked/out", "pickedNot", "two", "picked/../two", "")) {
      assertDenied(page.error(at("readFile", other), TEXT));
    }
    assertDenied(page.error(at("writeFile", "picked/out"), Map.of("data", "evil")));
    page.data(at("symlink", "picked/own"), Map.of("target", root.resolve("two").toString()));
    assertDenied(page.error(at("readFile", "picked/own"), TEXT));
    assertDenied(page.error(at("copyFile", "picked/a"), to("stolen")));
    assertDenied(page.error(at("rename", "picked/a"), to("stolen")));
    assertDenied(page.error(at("link", "two"), to("picked/two")));
    assertDenied(page.error(at("rm", "picked"), Map.of("recursive", true)));
    assertEquals("two", Files.readString(root.resolve("two")));
  }

  @Test
  void whatTheAppIsMadeOfStaysGuardedThoughItIsPicked() throws IOException {
    Page page = harness.page(1, MAY_ASK);
    pick(page, "", true);
    assertEquals("the app", page.data(at("readFile", "app/index.html"), TEXT).asText());
    assertDenied(page.error(at("writeFile", "app/index.html"), Map.of("data", "evil")));
    assertDenied(page.error(at("rename", "app"), to("elsewhere")));
    page.data(at("writeFile", "one"), Map.of("data", "changed"));
    assertEquals("the app", Files.readString(app.resolve("index.html")));
  }

  @Test
  void aLaterPageOfTheWindowHasItOnlyIfItMayAskItself() {
    Page page = harness.page(1, MAY_ASK);
    pick(page, "one", false);
    Page next = harness.page(1, MAY_ASK);
    assertEquals("one", next.data(at("readFile", "one"), TEXT).asText());
    Page strict = harness.page(1, PolicySet.of(List.of("connect-src ipc://fs/readFile/nothing")));
    assertDenied(strict.error(at("readFile", "one"), TEXT));
    Page other = harness.page(2, MAY_ASK);
    assertDenied(other.error(at("readFile", "one"), TEXT));
  }

  @Test
  void nothingIsLeftWhenTheWindowHasShownAnotherOriginOrIsGone() {
    Page page = harness.page(1, MAY_ASK);
    pick(page, "one", false);
    harness.bridge.shows(1, Harness.ORIGIN + "/next.html");
    assertEquals("one", page.data(at("readFile", "one"), TEXT).asText());
    harness.bridge.shows(1, Harness.ORIGIN + ".evil.example/");
    assertDenied(page.error(at("readFile", "one"), TEXT));
    pick(page, "one", false);
    harness.bridge.windowGone(1);
    assertDenied(harness.page(2, MAY_ASK).error(at("readFile", "one"), TEXT));
  }

  @Test
  void whatIsPickedForADocumentThatHasGoneIsGrantedToNobody() {
    Page page = harness.page(1, MAY_ASK);
    page.send(
        "{\"d\":\"" + page.id + "\",\"c\":[[1,\"ipc://picker/later\"]]}", new Harness.Recorder());
    harness.bridge.documentGone(page.id);
    person.complete();
    Page next = harness.page(1, MAY_ASK);
    assertDenied(next.error(at("readFile", "app/index.html"), TEXT));
  }

  @Test
  void onlyTheTopDocumentAsksAndUsesIt() {
    Page page = harness.page(1, Harness.ALL);
    Harness.Reply asked =
        page.get("ipc://picker/pick?write=true&path=" + root.resolve("one").toString());
    assertEquals("ERR_ACCESS_DENIED", asked.code());
    Page picky = harness.page(1, MAY_ASK);
    pick(picky, "one", false);
    assertEquals(403, picky.get(at("stat", "one")).status());
    assertTrue(picky.data(at("stat", "one"), Map.of()).has("size"));
  }

  @Test
  void theOldestIsForgottenWhenThereAreTooMany() throws IOException {
    Page page = harness.page(1, MAY_ASK);
    pick(page, "one", false);
    for (int i = 0; i < 1024; i++) {
      Files.writeString(root.resolve("many" + i), "");
      assertEquals("one", page.data(at("readFile", "one"), TEXT).asText());
      pick(page, "many" + i, false);
    }
    assertDenied(page.error(at("readFile", "one"), TEXT));
    assertEquals("", page.data(at("readFile", "many0"), TEXT).asText());
  }
}
