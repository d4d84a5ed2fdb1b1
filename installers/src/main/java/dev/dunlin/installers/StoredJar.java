package dev.dunlin.installers;

import dev.dunlin.shell.host.Os;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A jar that is not compressed: packages compress it better as a whole, and a start reads it
 * faster.
 */
final class StoredJar {
  /** Folders of Bouncy Castle that Dunlin, which uses its plain ciphers, never loads. */
  private static final Pattern UNUSED =
      Pattern.compile(
          "org/bouncycastle/(pqc|jce|jcajce|x509|its|i18n|oer|iana|internal/asn1)/.*"
              + "|META-INF/versions/[0-9]+/org/bouncycastle/.*"
              + "|META-INF/[^/]+[.](SF|RSA|DSA|EC)");

  /** Libraries that JNA and Netty would unpack at each start, and JNA's name of their platform. */
  private static final Pattern NATIVE =
      Pattern.compile(
          "(?:com/sun/jna/([^/]+)|META-INF/native(?=/[^/]+[.]so$))/([^/]+[.](?:so|dll|jnilib|a))");

  private static final String PLATFORM =
      System.getProperty("os.arch").equals("aarch64") ? "linux-aarch64" : "linux-x86-64";

  private static final String MANIFEST = "META-INF/MANIFEST.MF";

  private static final Set<Object> MANIFEST_KEPT =
      Set.of(
          Attributes.Name.MANIFEST_VERSION,
          Attributes.Name.MULTI_RELEASE,
          Attributes.Name.SEALED,
          Attributes.Name.IMPLEMENTATION_TITLE,
          Attributes.Name.IMPLEMENTATION_VERSION,
          Attributes.Name.IMPLEMENTATION_VENDOR);

  private StoredJar() {}

  /**
   * Copies a jar. On Linux, JNA's and Netty's native libraries go into a folder of their own, and
   * those of other systems nowhere.
   *
   * @param libraries a folder where the JVM looks for libraries first
   */
  static void copy(Path from, Path to, Instant time, Path libraries) throws IOException {
    // Not setLastModifiedTime, whose bytes depend on the time zone.
    LocalDateTime stamp = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(from));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.isDirectory() || UNUSED.matcher(entry.getName()).matches()) {
          continue;
        }
        byte[] bytes = in.readAllBytes();
        Matcher library = NATIVE.matcher(entry.getName());
        if (Os.here() == Os.LINUX && library.matches()) {
          if (library.group(1) == null || library.group(1).equals(PLATFORM)) {
            Files.write(libraries.resolve(library.group(2)), bytes);
          }
          continue;
        }
        if (entry.getName().equals(MANIFEST) && !isOurs(from)) {
          bytes = shortened(bytes);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry stored = new ZipEntry(entry.getName());
        stored.setMethod(ZipEntry.STORED);
        stored.setSize(bytes.length);
        stored.setCompressedSize(bytes.length);
        stored.setCrc(crc.getValue());
        stored.setTimeLocal(stamp);
        out.putNextEntry(stored);
        out.write(bytes);
        out.closeEntry();
      }
    }
  }

  /** Ours are short, and the relay is started by its own. */
  private static boolean isOurs(Path jar) {
    return jar.getFileName().toString().startsWith("dunlin-");
  }

  /**
   * What the JVM asks of it. It reads the manifest of each jar that it opens, and of OSGi's words
   * alone some have 10 KB.
   */
  private static byte[] shortened(byte[] bytes) throws IOException {
    Manifest manifest = new Manifest(new ByteArrayInputStream(bytes));
    manifest.getEntries().clear();
    manifest.getMainAttributes().keySet().removeIf(name -> !MANIFEST_KEPT.contains(name));
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    manifest.write(plain);
    return plain.toByteArray();
  }
}
