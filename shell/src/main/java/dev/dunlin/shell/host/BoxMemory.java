package dev.dunlin.shell.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * That a sandbox worked, kept from one start to the next: to try an empty one takes 30 ms of each.
 *
 * <p>It is only ever about time. Helpers are started in their boxes whatever is remembered. It is
 * forgotten when it is used: where a box can't be opened after all, the app begins anew when no
 * page came, or Chromium ends the process; either way the next start tries one and says what is
 * wrong.
 */
final class BoxMemory {
  /** Longest note, far more than one is; what is longer is none. */
  static final int MAX_NOTE_BYTES = 64 << 10;

  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  /** Which user namespace this is, and the profile that AppArmor holds us to. */
  private static final Path NAMESPACE = Path.of("/proc/self/ns/user");

  private static final Path PROFILE = Path.of("/proc/self/attr/current");

  /** What a service manager or a container may have taken from us stands there. */
  private static final Path STATUS = Path.of("/proc/self/status");

  private static final Pattern TAKEN = Pattern.compile("(Uid|Cap[A-Za-z]+|NoNewPrivs|Seccomp):.*");

  private final Path note;
  private final String circumstances;

  private BoxMemory(Path note, String circumstances) {
    this.note = note;
    this.circumstances = circumstances;
  }

  /**
   * Nothing where the circumstances can't be told.
   *
   * @param folder of the user's alone
   * @param settings files with what the kernel allows
   * @param temp where this start's script lies
   * @param script what opens a box
   */
  static Optional<BoxMemory> of(
      Path folder, Path bwrap, Path temp, List<Path> settings, String script) {
    List<String> all = new ArrayList<>(List.of(script));
    Stream.concat(Stream.of(BOOT, PROFILE), settings.stream())
        .map(BoxMemory::read)
        .forEach(all::add);
    read(STATUS).lines().filter(line -> TAKEN.matcher(line).matches()).forEach(all::add);
    try {
      // A file system may allow no programs.
      all.add("on " + Files.getAttribute(temp, "unix:dev"));
      all.add(Files.readSymbolicLink(NAMESPACE).toString());
      all.add(
          bwrap.toRealPath() + " " + Files.size(bwrap) + " " + Files.getLastModifiedTime(bwrap));
    } catch (IOException e) {
      // What can't be told can't be compared.
      return Optional.empty();
    }
    return Optional.of(new BoxMemory(folder.resolve("sandbox-worked"), String.join("\n", all)));
  }

  /** Whether it worked under these very circumstances; asked again, it did not. */
  boolean claim() {
    try {
      BasicFileAttributes file =
          Files.readAttributes(note, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean same =
          file.isRegularFile() && file.size() <= MAX_NOTE_BYTES && read(note).equals(circumstances);
      return Files.deleteIfExists(note) && same;
    } catch (IOException e) {
      // There is none; or it can't be forgotten, and only what can be may be relied on.
      return false;
    }
  }

  /** Notes that it works. */
  void confirm() throws IOException {
    Files.createDirectories(note.getParent());
    Path made = Files.createTempFile(note.getParent(), "sandbox-", ".tmp");
    try {
      Files.writeString(made, circumstances);
      Files.move(made, note, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /** Empty where this kernel, or nobody yet, has made such a file, or it is not for us to read. */
  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
