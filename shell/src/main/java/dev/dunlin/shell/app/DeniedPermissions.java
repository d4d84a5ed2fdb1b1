package dev.dunlin.shell.app;

import dev.dunlin.shell.config.Permission;
import dev.dunlin.shell.resources.ErrorPages;
import dev.dunlin.shell.resources.ResourceRequest;
import dev.dunlin.shell.resources.ResourceResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code [permissions] allow_… = false} in the words of Chromium, which enforces it: the header
 * {@code Permissions-Policy} of the app's documents, and a switch for what has no feature of its
 * own there. A frame of another origin never has more than the document around it.
 */
final class DeniedPermissions {
  /** Name of the header, in lower case. */
  static final String HEADER = "permissions-policy";

  private final Set<Permission> denied;

  DeniedPermissions(Set<Permission> denied) {
    this.denied = denied.isEmpty() ? EnumSet.noneOf(Permission.class) : EnumSet.copyOf(denied);
  }

  /** Such as {@code camera=(), microphone=()}; empty when the header takes nothing away. */
  Optional<String> header() {
    String value =
        denied.stream()
            .flatMap(permission -> permission.features().stream())
            .distinct()
            .map(feature -> feature + "=()")
            .collect(Collectors.joining(", "));
    return Optional.of(value).filter(text -> !text.isEmpty());
  }

  /** Chromium switches, without dashes. */
  List<String> switches() {
    List<String> switches = new ArrayList<>();
    if (!Collections.disjoint(
        denied, EnumSet.of(Permission.NOTIFICATIONS, Permission.PUSH_NOTIFICATIONS))) {
      // Both: Chromium knows no push without notifications.
      switches.add("disable-notifications");
    }
    if (denied.contains(Permission.BLUETOOTH)) {
      switches.add("disable-blink-features=WebBluetooth");
    }
    return switches;
  }

  /**
   * What Chromium keeps between runs and would use again, as paths in its profile. A service worker
   * that is registered runs without its script being asked for. Caches, beside it, are data.
   */
  List<String> leftovers() {
    return denied.contains(Permission.SERVICE_WORKER)
        ? List.of("Default/Service Worker/Database", "Default/Service Worker/ScriptCache")
        : List.of();
  }

  /**
   * The refusal of a service worker's script, which Chromium asks for under a header that pages
   * can't set.
   */
  Optional<ResourceResponse> refusal(ResourceRequest request) {
    return denied.contains(Permission.SERVICE_WORKER)
            && "script".equals(request.headers().get("service-worker"))
        ? Optional.of(
            ErrorPages.forbidden(
                    request.url(), "socket.ini has [permissions] allow_service_worker = false.")
                .response(false))
        : Optional.empty();
  }
}
