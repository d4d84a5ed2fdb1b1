package dev.dunlin.bridge.child;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UserEnvironmentTest {
  private static Map<String, String> of(String temporary) {
    return UserEnvironment.of(
        Map.of("A", "b", "TMPDIR", "/tmp/dunlin-1/", "DUNLIN_USER_TMPDIR", temporary));
  }

  @Test
  void doesNotHandOnTheFolderThatIsDeletedAtTheEnd() {
    assertEquals(Map.of("A", "b", "TMPDIR", "/var/tmp"), of("/var/tmp"));
    assertEquals(Map.of("A", "b"), of(""));
  }

  @Test
  void leavesTheEnvironmentOfAProcessThatNobodyPreparedAsItIs() {
    assertEquals(Map.of("TMPDIR", "/t"), UserEnvironment.of(Map.of("TMPDIR", "/t")));
  }
}
