package dev.dunlin.shell.host;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of keys that an X server and its clients share. Entries, all numbers big-endian 16 bit:
 *
 * <pre>family | length, address | length, display number | length, protocol | length, key</pre>
 */
final class Xauthority {
  /** Entries that are read; those after it are ignored. */
  static final int MAX_ENTRIES = 256;

  static final String COOKIE = "MIT-MAGIC-COOKIE-1";

  /** An entry of this family is for any address. */
  private static final int FAMILY_WILD = 0xFFFF;

  private Xauthority() {}

  /** A file with one cookie, for any display. */
  static byte[] of(byte[] cookie) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeShort(FAMILY_WILD);
      out.writeShort(0);
      out.writeShort(0);
      out.writeUTF(COOKIE);
      out.writeShort(cookie.length);
      out.write(cookie);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The cookies for this display number; of any address, as trying a wrong one costs nothing. */
  static List<byte[]> cookies(Path file, int display) throws IOException {
    List<byte[]> cookies = new ArrayList<>();
    if (!Files.isReadable(file)) {
      return cookies;
    }
    try (InputStream stream = Files.newInputStream(file);
        DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(stream))) {
      for (int i = 0; i < MAX_ENTRIES; i++) {
        in.readUnsignedShort();
        part(in);
        String number = new String(part(in), StandardCharsets.US_ASCII);
        String protocol = new String(part(in), StandardCharsets.US_ASCII);
        byte[] key = part(in);
        boolean forUs = number.isEmpty() || number.equals(String.valueOf(display));
        if (forUs && protocol.equals(COOKIE)) {
          cookies.add(key);
        }
      }
    } catch (EOFException e) {
      return cookies;
    }
    return cookies;
  }

  private static byte[] part(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return bytes;
  }
}
