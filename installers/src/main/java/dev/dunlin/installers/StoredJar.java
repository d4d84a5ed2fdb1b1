package dev.dunlin.installers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.jar.Manifest;
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

  private static final String MANIFEST = "META-INF/MANIFEST.MF";

  private StoredJar() {}

  static void copy(Path from, Path to, Instant time) throws IOException {
    // Not setLastModifiedTime, whose bytes depend on the time zone.
    LocalDateTime stamp = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(from));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.isDirectory() || UNUSED.matcher(entry.getName()).matches()) {
          continue;
        }
        byte[] bytes = in.readAllBytes();
        if (entry.getName().equals(MANIFEST)) {
          bytes = withoutDigests(bytes);
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

  private static byte[] withoutDigests(byte[] bytes) throws IOException {
    Manifest manifest = new Manifest(new ByteArrayInputStream(bytes));
    manifest.getEntries().clear();
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    manifest.write(plain);
    return plain.toByteArray();
  }
}
