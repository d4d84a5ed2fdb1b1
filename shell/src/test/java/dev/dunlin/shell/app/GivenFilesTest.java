package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GivenFilesTest {
  @TempDir Path temp;
  private final List<Path> granted = new ArrayList<>();
  private Path folder;
  private Path home;
  private Path one;
  private Path two;
  private GivenFiles given;
  private Call call;

  private static final class Now implements PageServices.Blocking {
    @Override
    public <T> Future<T> run(Callable<T> work) {
      try {
        return Future.succeededFuture(work.call());
      } catch (Exception e) {
        return Future.failedFuture(e);
      }
    }
  }

  @BeforeEach
  void lay() throws IOException {
    folder = temp.toRealPath();
    home = Files.createDirectories(folder.resolve("var/home/u"));
    one = Files.writeString(home.resolve("one"), "one");
    two = Files.writeString(home.resolve("two"), "two");
    given = new GivenFiles(id -> Optional.empty(), new Now(), home);
    call =
        (Call)
            Proxy.newProxyInstance(
                Call.class.getClassLoader(),
                new Class<?>[] {Call.class},
                (proxy, method, values) -> {
                  assertEquals("grantReal", method.getName());
                  granted.add((Path) values[0]);
                  return null;
                });
  }

  private List<?> takeOpened() throws Exception {
    Reply reply =
        given.commands().stream()
            .filter(command -> command.function().equals("takeOpened"))
            .findFirst()
            .orElseThrow()
            .handler()
            .handle(call)
            .result();
    return (List<?>) ((Reply.Data) reply).value();
  }

  private String refusal(List<Path> seen, List<Path> held) {
    Map<Path, Path> known = GivenFiles.real(seen);
    return assertThrows(BridgeError.class, () -> given.takeDropped(call, known, held)).code();
  }

  @Test
  void whatWasDroppedIsGrantedInThePagesOrderAndALinkIsWhatItLedTo() throws IOException {
    Path link = Files.createSymbolicLink(home.resolve("link"), two);
    assertEquals(
        List.of(
            Map.of("path", two.toString(), "folder", false),
            Map.of("path", one.toString(), "folder", false)),
        given.takeDropped(call, GivenFiles.real(List.of(one, link)), List.of(link, one)));
    assertEquals(List.of(two, one), granted);
  }

  @Test
  void ofFilesOneOfWhichNobodyHasDroppedNoneIsGranted() {
    assertEquals("ERR_NOT_DROPPED", refusal(List.of(one), List.of(one, two)));
    assertEquals(List.of(), granted);
  }

  @Test
  void aLinkThatIsPutInThePlaceOfADroppedFileGrantsNothing() throws IOException {
    Map<Path, Path> known = GivenFiles.real(List.of(one));
    Files.delete(one);
    Files.createSymbolicLink(one, two);
    assertEquals(
        "ENOENT",
        assertThrows(BridgeError.class, () -> given.takeDropped(call, known, List.of(one))).code());
    assertEquals(List.of(), granted);
  }

  @Test
  void aDroppedLinkThatIsTurnedElsewhereGrantsWhatItLedToAtTheDrop() throws IOException {
    Path link = Files.createSymbolicLink(home.resolve("link"), one);
    Map<Path, Path> known = GivenFiles.real(List.of(link));
    Files.delete(link);
    Files.createSymbolicLink(link, two);
    given.takeDropped(call, known, List.of(link));
    assertEquals(List.of(one), granted);
  }

  @Test
  void aFolderThatHoldsTheHomeIsNotGrantedByWhateverLink() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    for (Path holder : List.of(home, folder, link, Path.of("/"))) {
      assertEquals("ERR_TOO_MUCH", refusal(List.of(one, holder), List.of(one, holder)));
    }
    assertEquals(List.of(), granted);
    // A home that is named by a link, as where /home leads to /var/home.
    Path named = Files.createSymbolicLink(folder.resolve("home"), folder.resolve("var/home"));
    assertTrue(GivenFiles.holdsHome(folder.resolve("var"), named.resolve("u")));
    assertFalse(GivenFiles.holdsHome(folder.resolve("var/home/u/one"), named.resolve("u")));
  }

  @Test
  void anOpenedFileThatCantBeGrantedKeepsNoOtherFromThePageAndStaysToBeTaken() throws Exception {
    Path gone = Files.writeString(home.resolve("gone"), "");
    given.opened(List.of(gone, one));
    Files.delete(gone);
    given.opened(List.of(two));
    assertEquals(2, takeOpened().size());
    assertEquals(List.of(one, two), granted);
    assertEquals(List.of(), takeOpened());
    Files.writeString(gone, "");
    assertEquals(1, takeOpened().size());
    assertEquals(List.of(one, two, gone), granted);
  }

  @Test
  void aLinkThatIsPutInThePlaceOfAnOpenedFileGrantsNothing() throws Exception {
    given.opened(List.of(one));
    Files.delete(one);
    Files.createSymbolicLink(one, two);
    assertEquals(List.of(), takeOpened());
    assertEquals(List.of(), granted);
  }
}
