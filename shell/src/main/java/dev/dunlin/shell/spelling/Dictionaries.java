package dev.dunlin.shell.spelling;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dictionaries of a machine and an app, and how Chromium gets them. What was made of one is
 * kept until the files that it was made of are others.
 *
 * <p><i>Thread:</i> any; what reads files blocks.
 */
public final class Dictionaries {
  /** Where Debian, Fedora, Arch and others have them. */
  public static final List<Path> OF_THE_SYSTEM =
      List.of(
          Path.of("/usr/share/hunspell"),
          Path.of("/usr/share/myspell/dicts"),
          Path.of("/usr/share/myspell"));

  /** Most names of a folder that are looked at. Over: the rest is not there. */
  static final int NAMES = 10_000;

  /** Changes with what is made of the same dictionary. */
  private static final String FORMAT = "1";

  private static final int HASH_LENGTH = 32;

  private static final String MADE = ".bdic";

  private static final Pattern DRAFT = Pattern.compile(".*\\.(\\d{1,18})\\.tmp");

  private final List<Path> folders;
  private final Path kept;
  private final Runnable whenMade;

  /** The two files of a dictionary. */
  record Source(Path affixes, Path words) {}

  /**
   * @param folders that dictionaries are in, the first first
   * @param kept folder of what was made of them
   */
  public Dictionaries(List<Path> folders, Path kept) {
    this(folders, kept, () -> {});
  }

  /**
   * @param whenMade what happens, in a test, before the file that was made is taken
   */
  Dictionaries(List<Path> folders, Path kept, Runnable whenMade) {
    this.folders = List.copyOf(folders);
    this.kept = kept;
    this.whenMade = whenMade;
  }

  /** Whether there is one for the language. */
  public boolean isThere(Language language) {
    return find(language).isPresent();
  }

  /** Languages that there is a dictionary for, by its name. */
  public List<String> languages() {
    Set<String> languages = new TreeSet<>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.aff")) {
        int seen = 0;
        for (Path file : files) {
          if (++seen > NAMES) {
            break;
          }
          String name = file.getFileName().toString().replaceFirst("\\.aff$", "");
          Language.named(name)
              .filter(language -> isWhole(folder, name).isPresent())
              .ifPresent(language -> languages.add(language.tag()));
        }
      } catch (IOException e) {
        // Nothing in it can be read: it is as if it were not there.
        continue;
      }
    }
    return List.copyOf(languages);
  }

  Optional<Source> find(Language language) {
    for (Path folder : folders) {
      for (String name : language.names()) {
        Optional<Source> found = isWhole(folder, name);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Source> isWhole(Path folder, String name) {
    Source source = new Source(folder.resolve(name + ".aff"), folder.resolve(name + ".dic"));
    return Files.isRegularFile(source.affixes) && Files.isRegularFile(source.words)
        ? Optional.of(source)
        : Optional.empty();
  }

  /**
   * Puts the dictionary where Chromium looks for it: as a whole or not at all, and not again while
   * it is the same. Making it anew takes a second or two of a processor.
   *
   * @param profile folder of Chromium's
   * @return whether the file there is another than before
   * @throws NoSuchFileException if there is no dictionary for the language
   */
  public boolean give(Language language, Path profile) throws IOException, SpellingException {
    try {
      return giveOnce(language, profile);
    } catch (NoSuchFileException e) {
      // Another process, which saw newer files of it, has just taken away what was made of these.
      return giveOnce(language, profile);
    }
  }

  private boolean giveOnce(Language language, Path profile) throws IOException, SpellingException {
    Source source = find(language).orElseThrow(() -> new NoSuchFileException(language.tag()));
    Path made = make(source);
    whenMade.run();
    Path given = profile.resolve("Dictionaries").resolve(language.file());
    if (isSame(made, given)) {
      return false;
    }
    Files.createDirectories(given.getParent());
    Path draft = draft(given);
    try {
      // A copy: Chromium deletes a file that it takes for broken.
      Files.copy(
          made, draft, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      replace(draft, given);
    } finally {
      Files.deleteIfExists(draft);
    }
    sweep(given.getParent(), name -> false);
    return true;
  }

  private static boolean isSame(Path made, Path given) throws IOException {
    return Files.isRegularFile(given)
        && Files.size(given) == Files.size(made)
        && modified(given) == modified(made);
  }

  /** In what Java copies: finer than that it leaves out. */
  private static long modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).to(TimeUnit.MICROSECONDS);
  }

  private Path make(Source source) throws IOException, SpellingException {
    String stem = stem(source);
    Path made = kept.resolve(stem + identity(source) + MADE);
    if (Files.isRegularFile(made)) {
      return made;
    }
    byte[] bytes;
    try {
      bytes = Bdic.of(Hunspell.read(read(source.affixes), read(source.words)));
    } catch (SpellingException e) {
      throw new SpellingException(e.reason(), source.words + " and .aff: " + e.getMessage());
    }
    Files.createDirectories(kept);
    Path draft = draft(made);
    try {
      Files.write(draft, bytes);
      replace(draft, made);
    } finally {
      Files.deleteIfExists(draft);
    }
    String name = made.getFileName().toString();
    sweep(kept, old -> old.startsWith(stem) && old.endsWith(MADE) && !old.equals(name));
    return made;
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(Hunspell.FILE_BYTES + 1);
    }
  }

  /** Begins all that is made of these files, whenever, and of no others: apps share the folder. */
  private static String stem(Source source) throws IOException {
    String places = source.affixes.toRealPath() + "\0" + source.words.toRealPath();
    return source.words.getFileName().toString().replaceFirst("\\.dic$", ".") + hash(places) + ".";
  }

  /** The files as they are now. */
  private static String identity(Source source) throws IOException {
    StringBuilder what = new StringBuilder(FORMAT);
    for (Path file : List.of(source.affixes, source.words)) {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      what.append('\0').append(facts.size());
      what.append('\0').append(facts.lastModifiedTime().toMillis());
    }
    return hash(what.toString());
  }

  private static String hash(String what) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, HASH_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  private static Path draft(Path of) {
    return of.resolveSibling(of.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
  }

  private static void replace(Path draft, Path file) throws IOException {
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Deletes what is old, and drafts of processes that have ended. */
  private static void sweep(Path folder, Predicate<String> isOld) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Matcher draft = DRAFT.matcher(name);
        if (isOld.test(name)
            || draft.matches() && ProcessHandle.of(Long.parseLong(draft.group(1))).isEmpty()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
