package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesOnceTest {
  @Test
  void whatIsNamedAgainIsKeptOnce(@TempDir Path folder) {
    SecretFiles secrets = new SecretFiles();
    for (int i = 0; i < 3; i++) {
      secrets.add(List.of(folder.resolve("key"), folder.resolve("../" + folder.getFileName())));
    }
    assertEquals(2, secrets.roots.size(), secrets.roots::toString);
  }
}
