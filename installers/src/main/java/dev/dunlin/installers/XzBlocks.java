package dev.dunlin.installers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Joins xz files to one stream. Their compressed blocks stay as they are, only the index is written
 * anew, so that what was compressed once need not be again. Files that are merely appended are
 * several streams, of which dpkg reads the first. Our own, as no library copies blocks; after "The
 * .xz File Format", version 1.2.1.
 */
final class XzBlocks {
  private static final byte[] HEADER_MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
  private static final byte[] FOOTER_MAGIC = {'Y', 'Z'};

  /** Of a stream's header, and of its footer. */
  private static final int ENDS = 12;

  /** Sizes are multiples of this. */
  private static final int ALIGNMENT = 4;

  /** Longest number of the format (1.2). */
  private static final int NUMBER_BYTES = 9;

  private record Block(long unpaddedSize, long uncompressedSize) {}

  private record Source(Path file, byte[] header, long blockBytes, List<Block> blocks) {}

  private XzBlocks() {}

  /**
   * @param files each a whole xz stream, all with one kind of check
   */
  static void join(List<Path> files, OutputStream out) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (Path file : files) {
      sources.add(read(file));
    }
    byte[] header = sources.get(0).header();
    out.write(header);
    List<Block> blocks = new ArrayList<>();
    for (Source source : sources) {
      if (!Arrays.equals(source.header(), header)) {
        throw new IOException(source.file() + " has another kind of check than the others");
      }
      try (InputStream in = Files.newInputStream(source.file())) {
        in.skipNBytes(ENDS);
        copy(in, out, source.blockBytes());
      }
      blocks.addAll(source.blocks());
    }
    byte[] index = index(blocks);
    out.write(index);
    out.write(footer(index.length, header));
  }

  private static void copy(InputStream in, OutputStream out, long length) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = length; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException("an xz file ends before its index says");
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }

  private static Source read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size < 2 * ENDS) {
        throw new IOException(file + " is no xz file");
      }
      byte[] header = at(channel, 0, ENDS).array();
      ByteBuffer footer = at(channel, size - ENDS, ENDS).order(ByteOrder.LITTLE_ENDIAN);
      if (!Arrays.equals(header, 0, HEADER_MAGIC.length, HEADER_MAGIC, 0, HEADER_MAGIC.length)
          || !Arrays.equals(footer.array(), ENDS - FOOTER_MAGIC.length, ENDS, FOOTER_MAGIC, 0, 2)) {
        throw new IOException(file + " is no xz file");
      }
      long indexSize = ((footer.getInt(4) & 0xffffffffL) + 1) * ALIGNMENT;
      long blockBytes = size - 2 * ENDS - indexSize;
      if (blockBytes < 0 || indexSize > Integer.MAX_VALUE) {
        throw new IOException(file + " has an index longer than itself");
      }
      return new Source(
          file, header, blockBytes, blocks(at(channel, ENDS + blockBytes, (int) indexSize)));
    }
  }

  private static ByteBuffer at(FileChannel channel, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException("an xz file was cut short while it was read");
      }
    }
    return bytes.flip();
  }

  /** Section 4: indicator, number of records, records, padding, CRC32. */
  private static List<Block> blocks(ByteBuffer index) throws IOException {
    if (index.get() != 0) {
      throw new IOException("an xz file has no index where its footer says");
    }
    long count = number(index);
    List<Block> blocks = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      blocks.add(new Block(number(index), number(index)));
    }
    return blocks;
  }

  private static byte[] index(List<Block> blocks) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    writeNumber(bytes, blocks.size());
    for (Block block : blocks) {
      writeNumber(bytes, block.unpaddedSize());
      writeNumber(bytes, block.uncompressedSize());
    }
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(0);
    }
    bytes.writeBytes(crc32(bytes.toByteArray()));
    return bytes.toByteArray();
  }

  /** Section 2.1.2: CRC32, backward size, stream flags, magic. */
  private static byte[] footer(int indexSize, byte[] header) {
    byte[] flags =
        ByteBuffer.allocate(6)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(indexSize / ALIGNMENT - 1)
            .put(header, HEADER_MAGIC.length, 2)
            .array();
    return ByteBuffer.allocate(ENDS).put(crc32(flags)).put(flags).put(FOOTER_MAGIC).array();
  }

  private static byte[] crc32(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return ByteBuffer.allocate(4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) crc.getValue())
        .array();
  }

  /** Section 1.2: seven bits a byte, the lowest first. */
  private static long number(ByteBuffer bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < NUMBER_BYTES && bytes.hasRemaining(); i++) {
      byte b = bytes.get();
      value |= (long) (b & 0x7f) << (7 * i);
      if (b >= 0) {
        return value;
      }
    }
    throw new IOException("an xz file has a number that does not end");
  }

  private static void writeNumber(ByteArrayOutputStream bytes, long value) {
    long left = value;
    while (left >= 0x80) {
      bytes.write((int) (left | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
  }
}
