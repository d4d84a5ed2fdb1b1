package dev.dunlin.shell.update;

import dev.dunlin.shell.update.Fetcher.Content;
import dev.dunlin.shell.update.Manifest.Entry;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A folder of a web server. */
final class HttpSource implements Source {
  static final String NAME = "https";

  private final URI address;
  private final Fetcher fetcher;

  /**
   * @param address of the manifest
   */
  HttpSource(URI address, Fetcher fetcher) {
    this.address = address;
    this.fetcher = fetcher;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String place() {
    return address.toString();
  }

  @Override
  public String place(Entry file) {
    return at(file).toString();
  }

  private URI at(Entry file) {
    return address.resolve(Updater.FILES + "/" + file.sha256());
  }

  @Override
  public Optional<Manifest> find(Rules rules) throws IOException {
    Manifest manifest;
    try (Content content = fetcher.get(address, 0)) {
      manifest = Manifest.parse(content.bytes().readNBytes(Manifest.MAX_BYTES + 1));
    } catch (IOException e) {
      throw Updater.network(this, e);
    }
    return rules.isWanted(manifest) ? Optional.of(manifest) : Optional.empty();
  }

  @Override
  public Files open(Manifest manifest, List<Entry> wanted, BooleanSupplier cancelled) {
    return new Files() {
      @Override
      public Content get(Entry file, long from) throws IOException {
        return fetcher.get(at(file), from);
      }

      @Override
      public void close() {
        // Each content is closed by who reads it.
      }
    };
  }
}
