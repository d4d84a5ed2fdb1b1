package dev.dunlin.shell.update;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.shell.update.UpdateException.Code;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of one version of an app, and of a release the terms under which it may take the place
 * of another. Written in one way only: docs/updates.md.
 *
 * @param id bundle identifier
 * @param release absent: only the files of an installed app are told
 * @param files by path from the app's folder, with {@code /}
 */
public record Manifest(
    String id, Version version, Optional<Release> release, SortedMap<String, Entry> files) {
  /** Its file, beside socket.ini. */
  public static final String FILE = "dunlin.manifest";

  /** Longest manifest; a longer one is refused. */
  public static final int MAX_BYTES = 4 << 20;

  /** Most files; a manifest with more is refused, and no package is made. */
  public static final int MAX_FILES = 20_000;

  /** Longest path in UTF-8; a manifest with a longer one is refused. */
  public static final int MAX_PATH_BYTES = 1024;

  /** Largest file; a manifest with a larger one is refused. */
  public static final long MAX_FILE_BYTES = 2L << 30;

  /** Most bytes of all files; a manifest with more is refused. */
  public static final long MAX_TOTAL_BYTES = 8L << 30;

  /** Most changes of key; a manifest with more is refused. */
  public static final int MAX_KEY_CHANGES = 16;

  private static final String FIRST_LINE = "dunlin-manifest 1";

  /** Of one that is not signed. */
  private static final String LAST_LINE = "end";

  private static final String CHANGE_LINE = "dunlin-key-change 1";
  private static final int HASH_DIGITS = 64;

  /**
   * A file.
   *
   * @param sha256 lower-case hex
   * @param program whether it can be started
   */
  public record Entry(long sizeBytes, String sha256, boolean program) {
    boolean hasContentOf(Entry other) {
      return sizeBytes == other.sizeBytes && sha256.equals(other.sha256);
    }
  }

  /**
   * What makes a manifest one of an update.
   *
   * @param expires from then on it is not taken; what has been taken stays
   * @param minimum oldest version that can be updated this way
   * @param pieces SHA-256 of what tells the pieces of large files, for those who get them from
   *     peers; absent where no file is large ({@link Pieces})
   * @param changes of the signing key, the oldest first; the last leads to {@code key}
   * @param key that signs
   * @param signature of all that stands before it
   */
  public record Release(
      Instant expires,
      Version minimum,
      Optional<String> pieces,
      List<KeyChange> changes,
      Key key,
      String signature) {
    public Release {
      changes = List.copyOf(changes);
    }
  }

  /** The owner of a key says which takes its place. */
  public record KeyChange(Key from, Key to, String signature) {
    /** Signs a change for one app. */
    public static KeyChange sign(String id, SigningKeys from, Key to) {
      Key old = Key.of(from);
      return new KeyChange(old, to, Key.encode(from.sign(message(id, old, to))));
    }

    private static byte[] message(String id, Key from, Key to) {
      return bytes(CHANGE_LINE + "\n" + id + "\n" + from + "\n" + to + "\n");
    }

    boolean isSignedFor(String id) {
      return from.verifies(message(id, from, to), signature);
    }
  }

  public Manifest {
    if (files.size() > MAX_FILES) {
      throw malformed("it names " + files.size() + " files, and " + MAX_FILES + " are the most");
    }
    long total = 0;
    for (Map.Entry<String, Entry> file : files.entrySet()) {
      requirePath(file.getKey());
      long size = file.getValue().sizeBytes();
      if (size < 0 || size > MAX_FILE_BYTES) {
        throw malformed(file.getKey() + " has " + size + " bytes, not 0 to " + MAX_FILE_BYTES);
      }
      total += size;
      for (int slash = file.getKey().indexOf('/'); slash >= 0; ) {
        if (files.containsKey(file.getKey().substring(0, slash))) {
          throw malformed(file.getKey() + " lies in what is a file");
        }
        slash = file.getKey().indexOf('/', slash + 1);
      }
    }
    if (total > MAX_TOTAL_BYTES) {
      throw malformed("its files have more than " + MAX_TOTAL_BYTES + " bytes");
    }
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** Those of an installed app. */
  public static Manifest ofFiles(String id, String version, SortedMap<String, Entry> files) {
    return new Manifest(id, Version.parse(version), Optional.empty(), files);
  }

  /** This with a signature, without pieces. */
  public Manifest sign(SigningKeys key, Instant expires, Version minimum, List<KeyChange> changes) {
    return sign(key, new Release(expires, minimum, Optional.empty(), changes, Key.of(key), ""));
  }

  /**
   * This with a signature.
   *
   * @param terms what is signed; their own signature does not matter
   */
  public Manifest sign(SigningKeys key, Release terms) {
    Manifest unsigned = new Manifest(id, version, Optional.of(terms), files);
    String signature = Key.encode(key.sign(bytes(unsigned.signedText())));
    Release signed =
        new Release(
            terms.expires(),
            terms.minimum(),
            terms.pieces(),
            terms.changes(),
            terms.key(),
            signature);
    return new Manifest(id, version, Optional.of(signed), files);
  }

  /** Its bytes in the file. */
  public byte[] toBytes() {
    return bytes(
        signedText()
            + release.map(r -> "signature " + r.signature() + "\n").orElse(LAST_LINE + "\n"));
  }

  private String signedText() {
    StringBuilder text = new StringBuilder(64 + files.size() * 96);
    text.append(FIRST_LINE).append('\n');
    text.append("id ").append(id).append('\n');
    text.append("version ").append(version).append('\n');
    release.ifPresent(
        r -> {
          text.append("expires ").append(r.expires()).append('\n');
          text.append("minimum ").append(r.minimum()).append('\n');
          r.pieces().ifPresent(hash -> text.append("pieces ").append(hash).append('\n'));
          for (KeyChange change : r.changes()) {
            text.append("key-change ").append(change.from()).append(' ').append(change.to());
            text.append(' ').append(change.signature()).append('\n');
          }
          text.append("key ").append(r.key()).append('\n');
        });
    files.forEach(
        (path, file) ->
            text.append(file.program() ? "program " : "file ")
                .append(file.sha256())
                .append(' ')
                .append(file.sizeBytes())
                .append(' ')
                .append(path)
                .append('\n'));
    return text.toString();
  }

  /**
   * Reads a manifest. Its signature is another matter: {@link #requireSignedBy}.
   *
   * @throws UpdateException when it is not exactly what {@link #toBytes} writes
   */
  public static Manifest parse(byte[] content) {
    if (content.length > MAX_BYTES) {
      throw malformed("it has more than " + MAX_BYTES + " bytes");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("it is not UTF-8");
    }
    if (!text.endsWith("\n")) {
      throw malformed("it has no end: it was cut off");
    }
    Lines lines = new Lines(text);
    if (!lines.next().equals(FIRST_LINE)) {
      throw malformed("it does not begin with '" + FIRST_LINE + "'");
    }
    String id = lines.value("id");
    Version version = Version.parse(lines.value("version"));
    Optional<Release> release = Optional.empty();
    if (lines.isNext("expires ")) {
      Instant expires = instant(lines.value("expires"));
      Version minimum = Version.parse(lines.value("minimum"));
      Optional<String> pieces =
          lines.isNext("pieces ") ? Optional.of(lines.value("pieces")) : Optional.empty();
      if (pieces.filter(hash -> !isHash(hash)).isPresent()) {
        throw malformed("'" + pieces.get() + "' is no SHA-256");
      }
      List<KeyChange> changes = new ArrayList<>();
      while (lines.isNext("key-change ")) {
        String[] words = lines.value("key-change").split(" ", -1);
        if (words.length != 3 || changes.size() == MAX_KEY_CHANGES) {
          throw malformed(
              "a change of key has two keys and a signature, and there are at most "
                  + MAX_KEY_CHANGES);
        }
        changes.add(new KeyChange(new Key(words[0]), new Key(words[1]), words[2]));
      }
      release =
          Optional.of(
              new Release(expires, minimum, pieces, changes, new Key(lines.value("key")), ""));
    }
    SortedMap<String, Entry> files = new TreeMap<>();
    while (lines.isNext("file ") || lines.isNext("program ")) {
      boolean program = lines.isNext("program ");
      String line = lines.value(program ? "program" : "file");
      int size = line.indexOf(' ');
      int path = line.indexOf(' ', size + 1);
      if (size != HASH_DIGITS || path < 0 || path - size > 20 || files.size() == MAX_FILES) {
        throw malformed(
            "a line of a file has a SHA-256, a size and a path, and there are at most "
                + MAX_FILES);
      }
      String hash = line.substring(0, size);
      String number = line.substring(size + 1, path);
      if (!isHash(hash)
          || !number.chars().allMatch(c -> c >= '0' && c <= '9')
          || number.isEmpty()
          || number.length() > 12) {
        throw malformed("'" + hash + " " + number + "' is no SHA-256 and size");
      }
      files.put(line.substring(path + 1), new Entry(Long.parseLong(number), hash, program));
    }
    if (release.isPresent()) {
      Release unsigned = release.get();
      if (lines.isEmpty()) {
        throw new UpdateException(
            Code.SIGNATURE, "the manifest has no signature: sign it with dunlin sign");
      }
      release =
          Optional.of(
              new Release(
                  unsigned.expires(),
                  unsigned.minimum(),
                  unsigned.pieces(),
                  unsigned.changes(),
                  unsigned.key(),
                  lines.value("signature")));
    }
    if (release.isEmpty() && !lines.next().equals(LAST_LINE)) {
      throw malformed("it has a line that is none of its own");
    }
    if (!lines.isEmpty()) {
      throw malformed("it goes on where it should end");
    }
    Manifest manifest = new Manifest(id, version, release, files);
    if (!Arrays.equals(manifest.toBytes(), content)) {
      throw malformed("it says the same in another way than dunlin writes it");
    }
    return manifest;
  }

  /**
   * @param trusted the key that this app trusts now
   * @throws UpdateException when neither it nor one that it leads to has signed this
   */
  public void requireSignedBy(Key trusted) {
    Release terms =
        release.orElseThrow(
            () ->
                new UpdateException(
                    Code.SIGNATURE, "the manifest is not signed: sign it with dunlin sign"));
    Key now = trusted;
    for (KeyChange change : terms.changes()) {
      if (change.from().equals(now)) {
        if (!change.isSignedFor(id)) {
          throw new UpdateException(
              Code.SIGNATURE, "the change of key to " + change.to() + " is not signed by the old");
        }
        now = change.to();
      }
    }
    if (!now.equals(terms.key())) {
      throw new UpdateException(
          Code.KEY,
          "the update is signed with the key "
              + terms.key()
              + ", and this app trusts "
              + now
              + ": sign with that one, or change keys with dunlin sign --next-key");
    }
    if (!now.verifies(bytes(signedText()), terms.signature())) {
      throw new UpdateException(
          Code.SIGNATURE, "the manifest's signature does not fit: it was changed on its way");
    }
  }

  private static boolean isHash(String text) {
    // A loop: a start reads a hash for each file of the app.
    boolean good = text.length() == HASH_DIGITS;
    for (int i = 0; good && i < HASH_DIGITS; i++) {
      char c = text.charAt(i);
      good = c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
    }
    return good;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw malformed("'" + text + "' is no time");
    }
  }

  /** A path that stays in the folder on every system, and is no manifest. */
  private static void requirePath(String path) {
    boolean good =
        !path.isEmpty()
            && path.getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES
            && !path.equals(FILE)
            && path.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == '\\');
    if (good) {
      for (String name : path.split("/", -1)) {
        good &= !name.isEmpty() && !name.equals(".") && !name.equals("..");
      }
    }
    if (!good) {
      throw malformed("'" + path + "' is no path in an app's folder");
    }
  }

  /** The place of a path of this manifest. */
  static Path place(Path folder, String path) {
    try {
      Path place = folder.resolve(path).normalize();
      if (place.startsWith(folder.normalize()) && !place.equals(folder.normalize())) {
        return place;
      }
    } catch (InvalidPathException e) {
      throw malformed("this system has no files with the name '" + path + "'");
    }
    throw malformed("'" + path + "' is no path in an app's folder");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static UpdateException malformed(String what) {
    return new UpdateException(Code.MALFORMED, "this is no manifest of an app: " + what);
  }

  /** Lines of a text that ends with one. */
  private static final class Lines {
    private final String text;
    private int at;

    Lines(String text) {
      this.text = text;
    }

    boolean isEmpty() {
      return at >= text.length();
    }

    boolean isNext(String start) {
      return text.startsWith(start, at);
    }

    String next() {
      if (isEmpty()) {
        throw malformed("it was cut off");
      }
      int end = text.indexOf('\n', at);
      String line = text.substring(at, end);
      at = end + 1;
      return line;
    }

    String value(String name) {
      String line = next();
      if (!line.startsWith(name + " ")) {
        throw malformed("where '" + name + "' should stand is something else");
      }
      return line.substring(name.length() + 1);
    }
  }
}
