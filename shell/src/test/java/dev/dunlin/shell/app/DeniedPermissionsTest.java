package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.config.Permission;
import dev.dunlin.shell.resources.ResourceRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeniedPermissionsTest {
  private static DeniedPermissions denied(Permission... permissions) {
    return new DeniedPermissions(Set.of(permissions));
  }

  @Test
  void takesNothingAwayUnlessToldTo() {
    assertEquals(Optional.empty(), denied().header());
    assertEquals(List.of(), denied().switches());
  }

  @Test
  void namesAFeatureOnceThoughTwoPermissionsTakeIt() {
    assertEquals(
        Optional.of("microphone=(), camera=(), display-capture=()"),
        denied(Permission.CAMERA, Permission.USER_MEDIA, Permission.MICROPHONE).header());
  }

  @Test
  void switchesOffWhatHasNoFeature() {
    assertEquals(Optional.empty(), denied(Permission.NOTIFICATIONS).header());
    assertEquals(
        List.of("disable-notifications", "disable-blink-features=WebBluetooth"),
        denied(Permission.NOTIFICATIONS, Permission.PUSH_NOTIFICATIONS, Permission.BLUETOOTH)
            .switches());
  }

  @Test
  void everyPermissionIsTakenAwaySomehowOrHasNothingToTake() {
    Set<Permission> without = EnumSet.of(Permission.AIRPLAY, Permission.HOTKEYS);
    for (Permission permission : Permission.values()) {
      DeniedPermissions one = denied(permission);
      boolean taken =
          one.header().isPresent() || !one.switches().isEmpty() || one.refusal(WORKER).isPresent();
      assertEquals(!without.contains(permission), taken, permission.name());
    }
  }

  private static final ResourceRequest WORKER =
      new ResourceRequest(
          "GET",
          "https://a.localhost/sw.js",
          Map.of("Service-Worker", "script"),
          "https://a.localhost",
          false,
          0);

  @Test
  void refusesTheScriptOfAServiceWorkerAndNoOther() {
    assertEquals(403, denied(Permission.SERVICE_WORKER).refusal(WORKER).orElseThrow().status());
    assertTrue(denied(Permission.CAMERA).refusal(WORKER).isEmpty());
    ResourceRequest plain =
        new ResourceRequest(
            "GET", "https://a.localhost/sw.js", Map.of(), "https://a.localhost", false, 0);
    assertTrue(denied(Permission.SERVICE_WORKER).refusal(plain).isEmpty());
  }

  @Test
  void forgetsTheServiceWorkersOfEarlierRunsAndNoData() {
    assertEquals(List.of(), denied(Permission.CAMERA).leftovers());
    List<String> leftovers = denied(Permission.SERVICE_WORKER).leftovers();
    assertEquals(2, leftovers.size());
    assertTrue(leftovers.stream().noneMatch(path -> path.contains("CacheStorage")));
  }
}
