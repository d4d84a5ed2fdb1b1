package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeInputsTest {
  @TempDir Path folder;

  private Path jar;
  private Path maker;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"25\"\n");
    jar = Files.writeString(folder.resolve("a.jar"), "one");
    maker = Files.writeString(folder.resolve("maker.jar"), "maker");
  }

  private String inputs() throws IOException {
    return RuntimeInputs.of(folder, List.of(jar), maker);
  }

  @Test
  void aMakerThatWasOnlyBuiltAnewMakesTheSame() throws IOException {
    String before = inputs();
    Files.setLastModifiedTime(maker, FileTime.fromMillis(0));
    assertEquals(before, inputs());
  }

  @Test
  void anotherMakerOrJarOrJdkMakesAnother() throws IOException {
    String before = inputs();
    Files.writeString(maker, "other");
    String withMaker = inputs();
    assertNotEquals(before, withMaker);
    Files.writeString(jar, "three");
    String withJar = inputs();
    assertNotEquals(withMaker, withJar);
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"26\"\n");
    assertNotEquals(withJar, inputs());
  }
}
