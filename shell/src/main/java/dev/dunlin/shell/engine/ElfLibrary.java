package dev.dunlin.shell.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of a library that the dynamic linker reads (System V gABI, "Object Files" and "Dynamic
 * Linking"): 64 bits, little-endian. Malformed ones throw {@link IndexOutOfBoundsException}, {@link
 * IllegalArgumentException} or {@link ArithmeticException} when they are read.
 */
abstract class ElfLibrary {
  static final int WORD = 8;

  static final int X86_64 = 62;
  static final int AARCH64 = 183;

  /** Kinds of segments. */
  static final int LOAD = 1;

  static final int DYNAMIC = 2;
  static final int PROGRAM_HEADERS = 6;
  static final int RELRO = 0x6474e552;

  static final int PROGRAM_HEADER = 56;
  static final int SECTION_HEADER = 64;
  static final int DYNAMIC_ENTRY = 16;
  static final int RELA_ENTRY = 24;

  /** Places that one word of a packed table tells, behind the last that it has told. */
  static final int PACKED_PLACES = 63;

  private static final byte[] ELF64_LITTLE_ENDIAN = {0x7f, 'E', 'L', 'F', 2, 1};

  /** Tags of the dynamic section. */
  static final class Tag {
    static final long PLTRELSZ = 2;
    static final long STRTAB = 5;
    static final long SYMTAB = 6;
    static final long RELA = 7;
    static final long RELASZ = 8;
    static final long STRSZ = 10;
    static final long PLTREL = 20;

    /** Ignored in libraries. */
    static final long DEBUG = 21;

    static final long JMPREL = 23;
    static final long BIND_NOW_FLAGS = 0x6ffffffb;
    static final long RELRSZ = 35;
    static final long RELR = 36;
    static final long RELRENT = 37;
    static final long RELACOUNT = 0x6ffffff9L;
    static final long VERNEED = 0x6ffffffeL;
    static final long VERNEEDNUM = 0x6fffffffL;

    private Tag() {}
  }

  /**
   * @param at where its header lies in the file
   */
  record Segment(int at, int type, long offset, long address, long fileBytes, long memoryBytes) {
    long end() {
      return address + memoryBytes;
    }
  }

  final ByteBuffer file;
  private final List<Segment> segments;

  /** Where each tag's entry lies in the file. */
  private final Map<Long, Integer> entries = new HashMap<>();

  /** Reads the headers, where {@link #isOne}. */
  ElfLibrary(ByteBuffer file) {
    this.file = file.order(ByteOrder.LITTLE_ENDIAN);
    this.segments = segments(file);
    for (Segment segment : segments) {
      if (segment.type() == DYNAMIC) {
        int entry = Math.toIntExact(segment.offset());
        for (long bytes = segment.fileBytes(); bytes > 0; bytes -= DYNAMIC_ENTRY) {
          entries.putIfAbsent(file.getLong(entry), entry);
          entry += DYNAMIC_ENTRY;
        }
      }
    }
  }

  /** As the headers at a file's start tell them. */
  static List<Segment> segments(ByteBuffer file) {
    List<Segment> segments = new ArrayList<>();
    int at = Math.toIntExact(file.getLong(32));
    int count = file.getShort(56);
    for (int i = 0; i < count; i++, at += PROGRAM_HEADER) {
      segments.add(
          new Segment(
              at,
              file.getInt(at),
              file.getLong(at + 8),
              file.getLong(at + 16),
              file.getLong(at + 32),
              file.getLong(at + 40)));
    }
    return segments;
  }

  /** Whether it is one for a processor that Dunlin runs on. */
  static boolean isOne(ByteBuffer file) {
    byte[] magic = new byte[ELF64_LITTLE_ENDIAN.length];
    file.get(0, magic);
    int machine = file.order(ByteOrder.LITTLE_ENDIAN).getShort(18);
    return Arrays.equals(magic, ELF64_LITTLE_ENDIAN) && (machine == X86_64 || machine == AARCH64);
  }

  int machine() {
    return file.getShort(18);
  }

  List<Segment> segments() {
    return segments;
  }

  /** Where an address lies in the file. */
  int place(long address) {
    for (Segment segment : segments) {
      if (segment.type() == LOAD
          && address >= segment.address()
          && address < segment.address() + segment.fileBytes()) {
        return Math.toIntExact(segment.offset() + address - segment.address());
      }
    }
    throw new IllegalArgumentException("no segment has the address " + address);
  }

  /** Where each tag of the dynamic section has its entry in the file. */
  Map<Long, Integer> entries() {
    return entries;
  }

  boolean has(long tag) {
    return entries.containsKey(tag);
  }

  long value(long tag) {
    return file.getLong(entry(tag) + WORD);
  }

  void set(long tag, long newTag, long value) {
    file.putLong(entry(tag), newTag).putLong(entry(tag) + WORD, value);
  }

  private int entry(long tag) {
    Integer entry = entries.get(tag);
    if (entry == null) {
      throw new IllegalArgumentException("no entry has the tag " + tag);
    }
    return entry;
  }

  /** The addresses in a packed table: one, then words whose bits tell which of the next follow. */
  List<Long> packedPlaces(int place, int bytes) {
    List<Long> addresses = new ArrayList<>();
    int most = file.capacity() / WORD;
    long next = 0;
    for (int at = place; at < place + bytes; at += WORD) {
      long word = file.getLong(at);
      if ((word & 1) == 0) {
        addresses.add(word);
        next = word + WORD;
        continue;
      }
      for (int bit = 1; bit <= PACKED_PLACES; bit++) {
        if ((word >>> bit & 1) != 0) {
          addresses.add(next + (bit - 1L) * WORD);
        }
      }
      next += PACKED_PLACES * WORD;
      if (addresses.size() > most) {
        throw new IllegalArgumentException("more addresses than the file has room for");
      }
    }
    return addresses;
  }

  /** Writes at an address; the next free one. */
  long put(long address, byte[] bytes) {
    file.put(place(address), bytes);
    return (address + bytes.length + WORD - 1) / WORD * WORD;
  }

  /** Tells what reads sections (dpkg-shlibdeps, debuggers) where one lies now. */
  void section(long before, long now, long bytes) {
    section(before, now, place(now), bytes);
  }

  void section(long before, long now, long place, long bytes) {
    int at = section(before);
    if (at >= 0) {
      file.putLong(at, now).putLong(at + WORD, place).putLong(at + 2 * WORD, bytes);
    }
  }

  /** Where the file has address, place and size of the section with this address; or -1. */
  int section(long address) {
    for (int at : sections()) {
      if (file.getLong(at) == address) {
        return at;
      }
    }
    return -1;
  }

  /** Where the file has address, place and size of each section. */
  List<Integer> sections() {
    int at = Math.toIntExact(file.getLong(40));
    List<Integer> sections = new ArrayList<>();
    for (int i = 0; i < file.getShort(60); i++, at += SECTION_HEADER) {
      sections.add(at + 16);
    }
    return sections;
  }
}
