package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.ScopedPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The path corpus of the audits: what broke others must not break this. */
class PathScopeTest {
  @TempDir Path temp;
  private Path root;
  private Path scope;
  private Path secret;
  private PolicySet policy;

  @BeforeEach
  void lay() throws IOException {
    root = temp.toRealPath();
    scope = Files.createDirectory(root.resolve("scope"));
    Files.writeString(scope.resolve("a.txt"), "a");
    secret = Files.writeString(root.resolve("secret.txt"), "s");
    policy = prefix(scope);
  }

  private static PolicySet prefix(Path folder) {
    return PolicySet.of(List.of("connect-src ipc://fs/stat" + CommandUrl.encodePath(folder + "/")));
  }

  private ScopedPath check(String path, LastSegment last) {
    return PathScope.check(policy, CommandUrl.parse("ipc://fs/stat" + path), last);
  }

  private ScopedPath check(Path path) {
    return check(CommandUrl.encodePath(path.toString()), LastSegment.FOLLOW);
  }

  private BridgeError denied(String path, LastSegment last) {
    BridgeError error = assertThrows(BridgeError.class, () -> check(path, last));
    assertEquals("ERR_ACCESS_DENIED", error.code());
    assertEquals("NotAllowedError", error.name());
    return error;
  }

  private void denied(Path path) {
    denied(CommandUrl.encodePath(path.toString()), LastSegment.FOLLOW);
  }

  @Test
  void givesTheRealPathOfAnAllowedFile() {
    assertEquals(scope.resolve("a.txt"), check(scope.resolve("a.txt")).real());
    assertEquals(scope.resolve("new/deep"), check(scope.resolve("new/deep")).real());
    assertEquals(scope + "/a.txt", check(scope.resolve("a.txt")).asked());
  }

  @Test
  void deniesAPathThatLeavesTheScopeByDots() {
    denied(scope + "/../secret.txt", LastSegment.FOLLOW);
    denied(scope + "/%2e%2e/secret.txt", LastSegment.FOLLOW);
    denied(scope + "/x/../../secret.txt", LastSegment.FOLLOW);
  }

  @Test
  void deniesASiblingWhoseNameBeginsLikeTheScope() throws IOException {
    denied(Files.writeString(root.resolve("scope-other"), ""));
    denied(root.resolve("scope"));
  }

  @Test
  void deniesAPathThatLeavesTheScopeThroughALink() throws IOException {
    Files.createSymbolicLink(scope.resolve("file"), secret);
    Files.createSymbolicLink(scope.resolve("up"), root);
    Files.createSymbolicLink(scope.resolve("relative"), Path.of("../secret.txt"));
    Files.createSymbolicLink(scope.resolve("chain"), Path.of("relative"));
    denied(scope.resolve("file"));
    denied(scope.resolve("relative"));
    denied(scope.resolve("chain"));
    denied(scope.resolve("up/secret.txt"));
    denied(scope.resolve("up/missing/deep"));
    denied(scope + "/up/secret.txt", LastSegment.NO_FOLLOW);
  }

  @Test
  void aLinkItselfIsInScopeWhereLinksAreNotFollowed() throws IOException {
    Path link = Files.createSymbolicLink(scope.resolve("link"), secret);
    assertEquals(link, check(link.toString(), LastSegment.NO_FOLLOW).real());
    denied(link + "/", LastSegment.FOLLOW);
    denied(scope + "/link/x", LastSegment.NO_FOLLOW);
  }

  @Test
  void aLinkToNothingIsPolicedByWhatItNames() throws IOException {
    // Else a page could find out by its own links what exists outside of its scope.
    denied(Files.createSymbolicLink(scope.resolve("out"), root.resolve("not-yet")));
    denied(Files.createSymbolicLink(scope.resolve("up"), Path.of("../not-yet")));
    Files.createSymbolicLink(scope.resolve("missing-folder"), Path.of("../not-yet"));
    denied(scope.resolve("missing-folder/x"));
    Path way = Files.createSymbolicLink(scope.resolve("way"), Path.of("later"));
    assertEquals(scope.resolve("later"), check(way).real());
    Files.createSymbolicLink(scope.resolve("far"), Path.of("way"));
    assertEquals(scope.resolve("later/x"), check(scope.resolve("far/x")).real());
  }

  @Test
  void aLinkLoopEndsWithoutAnAnswerOfItsOwn() throws IOException {
    Files.createSymbolicLink(scope.resolve("l1"), Path.of("l2"));
    Files.createSymbolicLink(scope.resolve("l2"), Path.of("l1"));
    assertEquals(scope.resolve("l1/x"), check(scope.resolve("l1/x")).real());
  }

  @Test
  void aLinkIntoTheScopeFromOutsideIsDeniedBeforeTheDiskIsRead() throws IOException {
    Path link = Files.createSymbolicLink(root.resolve("outside"), scope.resolve("a.txt"));
    denied(link);
  }

  @Test
  void anotherCaseIsAnotherName() {
    denied(root.resolve("SCOPE/a.txt"));
    denied(root.resolve("Scope/a.txt"));
  }

  @Test
  void composedAndDecomposedNamesAreTwoNames() throws IOException {
    String name = "é";
    Path composed =
        Files.createDirectory(root.resolve(Normalizer.normalize(name, Normalizer.Form.NFC)));
    policy = prefix(composed);
    assertEquals(composed.resolve("x"), check(composed.resolve("x")).real());
    denied(root.resolve(Normalizer.normalize(name, Normalizer.Form.NFD)).resolve("x"));
  }

  @Test
  void dotfilesAreOrdinaryFiles() {
    assertEquals(scope.resolve(".ssh/id"), check(scope.resolve(".ssh/id")).real());
    assertEquals(scope.resolve("..."), check(scope.resolve("...")).real());
    denied(root.resolve(".ssh"));
  }

  @Test
  void charactersOfPatternsMeanThemselves() throws IOException {
    Path odd = Files.createDirectory(root.resolve("[a]*?{b},;'$HOME"));
    policy = prefix(odd);
    assertEquals(odd.resolve("x"), check(odd.resolve("x")).real());
    denied(scope.resolve("a.txt"));
  }

  /** A hard link has no second real path: whoever may make one in the scope could copy the file. */
  @Test
  void aHardLinkIsAFileOfItsOwn() throws IOException {
    Path link = Files.createLink(scope.resolve("hard"), secret);
    assertEquals(link, check(link).real());
  }

  @Test
  void aFileAskedForAsAFolderIsNotCoveredByAFolderSource() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "");
    policy = prefix(file);
    denied(file + "/", LastSegment.FOLLOW);
    assertTrue(check(scopePrefixed() + "/", LastSegment.FOLLOW).asked().endsWith("/"));
  }

  private Path scopePrefixed() {
    policy = prefix(scope);
    return scope;
  }

  @Test
  void aDenialTellsTheSourceButNotWhetherTheFileExists() {
    BridgeError there = denied(secret.toString(), LastSegment.FOLLOW);
    BridgeError missing = denied(root + "/nothin.txt", LastSegment.FOLLOW);
    String source = "ipc://fs/stat" + secret;
    assertTrue(there.getMessage().contains("connect-src " + source), there.getMessage());
    assertTrue(there.getMessage().contains("[security] policy[]"));
    assertEquals(source, there.toMap().get("source"));
    assertEquals("connect-src", there.toMap().get("directive"));
    assertEquals(
        there.getMessage().replace("secret", "nothin"),
        missing.getMessage(),
        "nothing else differs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "C:/a.txt:stream",
        "C:/a.",
        "C:/a ",
        "C:/NUL",
        "C:/nul.txt",
        "C:/COM1",
        "C:/x/CON",
        "home/a",
        "C:a/b",
        "C:/a?b"
      })
  void windowsAliasesOfAFileAreRefused(String path) {
    assertThrows(BridgeError.class, () -> PathScope.path(List.of(path.split("/")), true));
  }

  @Test
  void aWindowsPathKeepsItsDrive() {
    assertEquals(Path.of("C:/Users/u"), PathScope.path(List.of("C:", "Users", "u"), true));
    assertFalse(PathScope.path(List.of("a"), false).toString().contains(":"));
  }
}
