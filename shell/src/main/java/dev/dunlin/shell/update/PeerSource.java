package dev.dunlin.shell.update;

import dev.dunlin.net.swarm.Blob;
import dev.dunlin.net.swarm.Offer;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.shell.update.Fetcher.Content;
import dev.dunlin.shell.update.Manifest.Entry;
import dev.dunlin.shell.update.UpdateException.Code;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Others who have the app. */
final class PeerSource implements Source {
  static final String NAME = "peers";

  /** Offers that are looked at in one search, the newest first; further ones are not. */
  static final int MAX_OFFERS = 8;

  /** Bytes of their manifests; an offer that would exceed it is passed over. */
  static final int MAX_OFFERED_BYTES = 12 << 20;

  /** How long the manifests of all offers may take together; those that have not come are lost. */
  private static final Duration MANIFESTS = Duration.ofSeconds(15);

  /** What no honest peer passes on: it has checked the same. */
  private static final Set<Code> LIES =
      EnumSet.of(Code.MALFORMED, Code.SIGNATURE, Code.KEY, Code.WRONG_APP);

  private final UpdatePeer peer;
  private final AppFolder running;
  private final Key trusted;
  private final Clock clock;

  PeerSource(UpdatePeer peer, AppFolder running, Key trusted, Clock clock) {
    this.peer = peer;
    this.running = running;
    this.trusted = trusted;
    this.clock = clock;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String place() {
    return "the peers of this app";
  }

  @Override
  public Optional<Manifest> find(Rules rules) throws IOException {
    List<Offer> offers = offers();
    Version here = running.manifest().version();
    List<Offer> wanted = offers.stream().filter(offer -> version(offer).isNewerThan(here)).toList();
    if (wanted.isEmpty() && !peer.shelf().hasOffer()) {
      wanted = offers.stream().filter(offer -> version(offer).equals(here)).toList();
    }
    wanted = bounded(wanted);
    List<UpdatePeer.Blobs> coming = new ArrayList<>();
    for (Offer offer : wanted) {
      coming.add(peer.fetch(List.of(Blob.whole(offer.manifest(), offer.manifestBytes()))));
    }
    Optional<UpdateException> broken = Optional.empty();
    Duration end = clock.now().plus(MANIFESTS);
    try {
      List<Future<byte[]>> manifests = coming.stream().map(UpdatePeer.Blobs::next).toList();
      for (int i = 0; i < wanted.size(); i++) {
        Optional<byte[]> bytes = come(manifests.get(i), end);
        if (bytes.isEmpty()) {
          continue;
        }
        try {
          Manifest manifest = Manifest.parse(bytes.get());
          if (!manifest.version().equals(version(wanted.get(i)))) {
            throw new UpdateException(Code.MALFORMED, "it is not the version that was offered");
          }
          if (rules.isWanted(manifest)) {
            return Optional.of(manifest);
          }
          // What a package brought is not signed: with this it can be given to others.
          if (manifest.files().equals(running.manifest().files())) {
            peer.shelf().offer(manifest);
          }
          return Optional.empty();
        } catch (UpdateException e) {
          if (LIES.contains(e.code())) {
            peer.ban(wanted.get(i));
          } else if (broken.isEmpty()) {
            broken = Optional.of(e);
          }
        }
      }
    } finally {
      coming.forEach(UpdatePeer.Blobs::close);
    }
    if (broken.isPresent()) {
      throw broken.get();
    }
    if (offers.stream().allMatch(offer -> version(offer).isNewerThan(here))) {
      throw new UpdateException(
          Code.NETWORK, "no peer of this app gives a manifest that is good: try again later");
    }
    return Optional.empty();
  }

  private static List<Offer> bounded(List<Offer> offers) {
    List<Offer> taken = new ArrayList<>();
    int bytes = 0;
    for (Offer offer : offers) {
      if (taken.size() < MAX_OFFERS && bytes + offer.manifestBytes() <= MAX_OFFERED_BYTES) {
        taken.add(offer);
        bytes += offer.manifestBytes();
      }
    }
    return taken;
  }

  private List<Offer> offers() {
    try {
      return UpdatePeer.await(peer.survey(), () -> false);
    } catch (IOException e) {
      throw new UpdateException(
          Code.NETWORK,
          "nobody gives the update ("
              + e.getMessage()
              + "): see [update] peers, or try again later",
          e);
    }
  }

  private Optional<byte[]> come(Future<byte[]> manifest, Duration end) {
    try {
      return Optional.of(UpdatePeer.await(manifest, () -> clock.now().compareTo(end) > 0));
    } catch (IOException | CancellationException e) {
      // One offer less: others are looked at.
      return Optional.empty();
    }
  }

  private static Version version(Offer offer) {
    return new Version(offer.major(), offer.minor(), offer.patch());
  }

  @Override
  public Files open(Manifest manifest, List<Entry> wanted, BooleanSupplier cancelled) {
    return new PeerFiles(manifest, wanted, cancelled);
  }

  private final class PeerFiles implements Files {
    private final Manifest manifest;
    private final List<Entry> wanted;
    private final BooleanSupplier cancelled;
    private Optional<Pieces> pieces = Optional.empty();
    private Optional<UpdatePeer.Blobs> coming = Optional.empty();

    /** Files that come next of their own accord, from their beginnings. */
    private final Deque<Entry> next = new ArrayDeque<>();

    /** Blobs of the file that is being read. */
    private int left;

    PeerFiles(Manifest manifest, List<Entry> wanted, BooleanSupplier cancelled) {
      this.manifest = manifest;
      this.wanted = wanted;
      this.cancelled = cancelled;
    }

    @Override
    public Content get(Entry file, long from) throws IOException {
      if (file.sizeBytes() == 0) {
        return new Content(InputStream.nullInputStream(), 0);
      }
      if (pieces.isEmpty()) {
        pieces = Optional.of(pieces());
      }
      long begin = Pieces.begin(file, from);
      if (left > 0 || begin > 0 || next.isEmpty() || !next.peek().hasContentOf(file)) {
        begin(file, begin);
      }
      next.remove();
      left = pieces.get().blobs(file, begin).size();
      return new Content(new Blobs(), begin);
    }

    private Pieces pieces() throws IOException {
      Optional<Blob> list = Pieces.blob(manifest);
      if (list.isEmpty()) {
        return Pieces.of(manifest, new byte[0]);
      }
      try (UpdatePeer.Blobs blobs = peer.fetch(List.of(list.get()))) {
        return Pieces.of(manifest, take(blobs));
      }
    }

    /** That file, and what follows it. */
    private void begin(Entry file, long from) {
      close();
      next.clear();
      List<Blob> blobs = new ArrayList<>(pieces.orElseThrow().blobs(file, from));
      next.add(file);
      boolean follows = false;
      for (Entry entry : wanted) {
        if (follows && entry.sizeBytes() > 0) {
          blobs.addAll(pieces.get().blobs(entry, 0));
          next.add(entry);
        }
        follows |= entry.hasContentOf(file);
      }
      coming = Optional.of(peer.fetch(blobs));
    }

    private byte[] take(UpdatePeer.Blobs from) throws IOException {
      try {
        return UpdatePeer.await(from.next(), cancelled);
      } catch (CancellationException e) {
        throw Updater.cancelled();
      }
    }

    @Override
    public void close() {
      coming.ifPresent(UpdatePeer.Blobs::close);
      coming = Optional.empty();
      left = 0;
    }

    /** The blobs of one file as they come. */
    private final class Blobs extends InputStream {
      private InputStream now = InputStream.nullInputStream();

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int count = now.read(to, offset, length);
        if (count >= 0 || left == 0) {
          return count;
        }
        now = new ByteArrayInputStream(take(coming.orElseThrow()));
        left--;
        return now.read(to, offset, length);
      }
    }
  }
}
