package dev.dunlin.bt.commands;

import static dev.dunlin.fuzz.Target.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.JsonValues;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.fuzz.Target;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;

/** What pages ask people for. */
public final class CommandTargets {
  private static final Advertisement NOBODY = Advertisement.unknown(new DeviceId("x"));

  private CommandTargets() {}

  public static List<Target> all() {
    return List.of(Target.ofText("bluetooth-filters", 64 << 10, CommandTargets::wanted));
  }

  /** Refused by name, or filters within their bounds, none of which names what is blocked. */
  private static void wanted(String text) {
    JsonNode params;
    try {
      params = JsonValues.read(text);
    } catch (IOException none) {
      return;
    }
    if (!(params instanceof ObjectNode object)) {
      return;
    }
    Wanted wanted;
    try {
      wanted = Wanted.of(call(object));
    } catch (BridgeError | BluetoothError refused) {
      return;
    }
    require(wanted.filters().size() <= BluetoothLimits.FILTERS, "filters are bounded");
    require(wanted.services().stream().noneMatch(Blocklist::blocks), "a blocked service");
    wanted.filters().forEach(filter -> require(!filter.matches(NOBODY), "a filter that is none"));
    wanted.exclusions().forEach(filter -> filter.matches(NOBODY));
  }

  private static Call call(ObjectNode params) {
    return (Call)
        Proxy.newProxyInstance(
            Call.class.getClassLoader(),
            new Class<?>[] {Call.class},
            (proxy, method, words) ->
                switch (method.getName()) {
                  case "params" -> params;
                  case "param" ->
                      Optional.ofNullable(params.get((String) words[0])).filter(n -> !n.isNull());
                  case "resource" -> params.path("resource").asText(Wanted.NO_SERVICE);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
