package dev.dunlin.bt.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Uuids;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What the person has granted: an origin, a device, services. In a file that only the person may
 * read and no page sees; each device has a random id of the origin's own there.
 *
 * <p><i>Thread:</i> a worker. Whole files are replaced.
 */
final class Grants {
  /** Of the app's data folder: for its user alone, and secret from pages. */
  static final String FOLDER = ".bluetooth";

  private static final String FILE = "grants.json";
  private static final LinkOption[] NO_LINKS = {LinkOption.NOFOLLOW_LINKS};

  /**
   * One device that an origin may use.
   *
   * @param id what pages know it by
   * @param name as it was when it was chosen
   * @param services those that may be used
   * @param companies those whose data in advertisements may be seen
   */
  record Grant(
      String origin,
      String id,
      DeviceId device,
      Optional<String> name,
      Set<UUID> services,
      Set<Integer> companies) {
    Grant {
      services = Set.copyOf(services);
      companies = Set.copyOf(companies);
    }
  }

  private final Path folder;
  private final RandomSource random;

  // Guarded by this.
  private Optional<List<Grant>> kept = Optional.empty();

  /**
   * @param data the app's own folder; nothing is made in it before the first grant
   */
  Grants(Path data, RandomSource random) {
    this.folder = data.resolve(FOLDER);
    this.random = random;
  }

  Path folder() {
    return folder;
  }

  synchronized List<Grant> of(String origin) {
    return read().stream().filter(grant -> grant.origin().equals(origin)).toList();
  }

  synchronized Optional<Grant> find(String origin, String id) {
    return of(origin).stream().filter(grant -> grant.id().equals(id)).findFirst();
  }

  /** Adds to what the origin may do with a device; its id stays as long as it is granted. */
  synchronized Grant add(
      String origin,
      DeviceId device,
      Optional<String> name,
      Set<UUID> services,
      Set<Integer> companies) {
    List<Grant> all = new ArrayList<>(read());
    Optional<Grant> before =
        all.stream()
            .filter(grant -> grant.origin().equals(origin) && grant.device().equals(device))
            .findFirst();
    Set<UUID> allServices = new TreeSet<>(services);
    Set<Integer> allCompanies = new TreeSet<>(companies);
    before.ifPresent(
        old -> {
          allServices.addAll(old.services());
          allCompanies.addAll(old.companies());
        });
    Grant grant =
        new Grant(
            origin,
            before.map(Grant::id).orElseGet(random::hex128),
            device,
            name.or(() -> before.flatMap(Grant::name)),
            allServices.size() > BluetoothLimits.GRANT_SERVICES ? services : allServices,
            allCompanies.size() > BluetoothLimits.GRANT_COMPANIES ? companies : allCompanies);
    before.ifPresent(all::remove);
    all.add(grant);
    if (all.size() > BluetoothLimits.GRANTS) {
      all.remove(0);
    }
    write(all);
    return grant;
  }

  synchronized void remove(String origin, String id) {
    List<Grant> all = new ArrayList<>(read());
    if (all.removeIf(grant -> grant.origin().equals(origin) && grant.id().equals(id))) {
      write(all);
    }
  }

  private List<Grant> read() {
    if (kept.isEmpty()) {
      Path file = folder.resolve(FILE);
      try {
        if (!Files.isRegularFile(file, NO_LINKS)) {
          kept = Optional.of(List.of());
        } else if (Files.size(file) > BluetoothLimits.GRANTS_BYTES) {
          throw new IOException("it is longer than " + BluetoothLimits.GRANTS_BYTES + " bytes");
        } else {
          kept = Optional.of(parse(new ObjectMapper().readTree(file.toFile())));
        }
      } catch (IOException | RuntimeException e) {
        throw unusable(file, e);
      }
    }
    return kept.get();
  }

  private static List<Grant> parse(JsonNode json) {
    List<Grant> grants = new ArrayList<>();
    for (JsonNode one : json.path("grants")) {
      Set<UUID> services = new TreeSet<>();
      one.path("services").forEach(uuid -> services.add(Uuids.parse(uuid.asText())));
      Set<Integer> companies = new TreeSet<>();
      one.path("companies").forEach(company -> companies.add(company.asInt()));
      grants.add(
          new Grant(
              one.path("origin").asText(),
              one.path("id").asText(),
              new DeviceId(one.path("device").asText()),
              Optional.of(one.path("name").asText()).filter(name -> !name.isEmpty()),
              services,
              companies));
    }
    return List.copyOf(grants);
  }

  private void write(List<Grant> grants) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    ArrayNode list = json.putArray("grants");
    for (Grant grant : grants) {
      ObjectNode one = list.addObject();
      one.put("origin", grant.origin()).put("id", grant.id());
      one.put("device", grant.device().value()).put("name", grant.name().orElse(""));
      ArrayNode services = one.putArray("services");
      grant.services().stream().sorted().forEach(uuid -> services.add(uuid.toString()));
      ArrayNode companies = one.putArray("companies");
      grant.companies().stream().sorted().forEach(companies::add);
    }
    Path file = folder.resolve(FILE);
    Path draft = folder.resolve(FILE + "." + random.hex128());
    try {
      Files.createDirectories(folder, only("rwx------"));
      try {
        try (var out =
            Files.newByteChannel(
                draft,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                only("rw-------"))) {
          out.write(java.nio.ByteBuffer.wrap(mapper.writeValueAsBytes(json)));
        }
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw unusable(file, e);
    }
    kept = Optional.of(List.copyOf(grants));
  }

  private static FileAttribute<?>[] only(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static BridgeError unusable(Path file, Exception why) {
    return new BridgeError(
        "OperationError",
        "ERR_BLUETOOTH_GRANTS",
        "the devices that were granted can't be kept: "
            + why.getMessage()
            + ". Look at "
            + file
            + ", or delete it: then they must be chosen anew.");
  }
}
