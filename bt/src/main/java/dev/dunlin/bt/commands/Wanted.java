package dev.dunlin.bt.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bt.ScanFilter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a page asks a person for, as its call has it.
 *
 * @param filters any one of them is enough; none: every device
 * @param services what the page may then use: policed one by one, and not of the blocklist
 */
record Wanted(
    List<ScanFilter> filters,
    List<ScanFilter> exclusions,
    Set<UUID> services,
    Set<Integer> companies) {

  /** In place of a service: a device of which none is used. */
  static final String NO_SERVICE = "*";

  /** One spelling only, so that what the policy was asked is what is used. */
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  static UUID uuid(String text) {
    if (!UUID_TEXT.matcher(text).matches()) {
      throw Faults.invalid(
          "'" + text + "' is no UUID in full and in lower case; see BluetoothUUID");
    }
    return UUID.fromString(text);
  }

  /** The services that the URL and its list name: the policy has been asked about all of them. */
  static Set<UUID> policed(Call call) {
    Set<UUID> services = new HashSet<>();
    if (!call.resource().equals(NO_SERVICE)) {
      services.add(uuid(call.resource()));
    }
    list(call.params(), "services").forEach(one -> services.add(uuid(one.asText())));
    return services;
  }

  static Wanted of(Call call) {
    Set<UUID> services = policed(call);
    List<ScanFilter> filters = filters(call.params(), "filters");
    if (call.param("filters").isPresent() && filters.isEmpty()) {
      throw Faults.invalid("'filters' finds no device when it is empty: leave it out for all");
    }
    for (ScanFilter filter : filters) {
      if (filter.services().stream().anyMatch(Blocklist::blocks)
          || filter.serviceData().keySet().stream().anyMatch(Blocklist::blocks)) {
        throw Faults.security(
            "requestDevice() called with a filter containing a blocklisted UUID.");
      }
      if (!services.containsAll(filter.services())) {
        throw Faults.invalid("'services' must name those of 'filters' too");
      }
    }
    services.removeIf(Blocklist::blocks);
    Set<Integer> companies = new HashSet<>();
    list(call.params(), "optionalManufacturerData").forEach(one -> companies.add(company(one)));
    filters.forEach(
        filter -> filter.manufacturerData().forEach(data -> companies.add(data.company())));
    return new Wanted(filters, filters(call.params(), "exclusionFilters"), services, companies);
  }

  static JsonNode list(JsonNode of, String name) {
    JsonNode list = of.path(name);
    if (list.isMissingNode() || list.isNull()) {
      return MissingNode.getInstance();
    }
    if (!list.isArray() || list.size() > BluetoothLimits.CONDITIONS) {
      throw Faults.invalid(
          "'" + name + "' is a list of at most " + BluetoothLimits.CONDITIONS + " entries");
    }
    return list;
  }

  private static List<ScanFilter> filters(JsonNode params, String name) {
    List<ScanFilter> filters = new ArrayList<>();
    JsonNode all = list(params, name);
    if (all.size() > BluetoothLimits.FILTERS) {
      throw Faults.invalid("'" + name + "' has at most " + BluetoothLimits.FILTERS + " filters");
    }
    for (JsonNode one : all) {
      Set<UUID> services = new HashSet<>();
      list(one, "services").forEach(service -> services.add(uuid(service.asText())));
      List<ScanFilter.DataFilter> manufacturers = new ArrayList<>();
      list(one, "manufacturerData")
          .forEach(
              data ->
                  manufacturers.add(
                      new ScanFilter.DataFilter(
                          company(data.path("companyIdentifier")), masked(data))));
      Map<UUID, ScanFilter.Masked> serviceData = new HashMap<>();
      list(one, "serviceData")
          .forEach(data -> serviceData.put(uuid(data.path("service").asText()), masked(data)));
      ScanFilter filter =
          new ScanFilter(
              services,
              text(one, "name"),
              text(one, "namePrefix"),
              manufacturers,
              serviceData,
              OptionalInt.empty());
      if (filter.equals(ScanFilter.any())) {
        throw Faults.invalid("a filter must restrict the devices in some way");
      }
      filters.add(filter);
    }
    return List.copyOf(filters);
  }

  static Optional<String> text(JsonNode of, String name) {
    JsonNode text = of.path(name);
    if (text.isMissingNode() || text.isNull()) {
      return Optional.empty();
    }
    if (!text.isTextual() || text.asText().length() > BluetoothLimits.NAME_CHARS) {
      throw Faults.invalid(
          "'" + name + "' is a text of at most " + BluetoothLimits.NAME_CHARS + " characters");
    }
    return Optional.of(text.asText());
  }

  static int company(JsonNode number) {
    if (!number.isInt() || number.asInt() < 0 || number.asInt() > 0xffff) {
      throw Faults.invalid("a company is a number from 0 to 65535");
    }
    return number.asInt();
  }

  private static ScanFilter.Masked masked(JsonNode data) {
    Buffer prefix = bytes(data.path("dataPrefix"), BluetoothLimits.PREFIX_BYTES);
    Buffer mask =
        data.hasNonNull("mask")
            ? bytes(data.path("mask"), BluetoothLimits.PREFIX_BYTES)
            : Buffer.buffer("ÿ".repeat(prefix.length()), "ISO-8859-1");
    if (prefix.length() != mask.length()) {
      throw Faults.invalid("a mask is as long as its dataPrefix");
    }
    return new ScanFilter.Masked(prefix, mask);
  }

  /** Bytes that came as base64; none if there is no text. */
  static Buffer bytes(JsonNode text, int most) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text.asText(""));
      if (bytes.length > most) {
        throw new dev.dunlin.bt.BluetoothError(
            dev.dunlin.bt.BluetoothError.Kind.INVALID_LENGTH,
            "Value can't exceed " + most + " bytes.");
      }
      return Buffer.buffer(bytes);
    } catch (IllegalArgumentException e) {
      throw Faults.invalid("bytes go as base64: " + e.getMessage());
    }
  }
}
