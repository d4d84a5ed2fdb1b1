package dev.dunlin.shell.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Packs the table of the addresses in a library that the dynamic linker adjusts to where it was
 * loaded. Libcef has a million, in 24 bytes each, which every process that loads it reads: 24 MiB
 * of memory. As {@code DT_RELR} (System V gABI, "Relative Relocation Table"; glibc 2.36) they are
 * 190 KB: what is to be added stands in the places themselves. Nothing else changes, above all not
 * where anything lies. Undone to the byte.
 */
final class PackedRelocations extends ElfLibrary {
  /** The version of glibc's interface that a library with them must name. */
  private static final String INTERFACE = "GLIBC_ABI_DT_RELR";

  private static final String LIBC = "libc.so.6";

  /** {@code DF_1_NOW}: all functions are bound when the library is loaded. */
  private static final long NOW = 1;

  /** Begins what {@link #unpack} needs to know, which lies before the relocations. */
  private static final long MAGIC = 0x31524c52444e5544L;

  /** Tags whose values are kept for it, in this order. */
  private static final List<Long> KEPT =
      List.of(
          Tag.RELASZ,
          Tag.RELACOUNT,
          Tag.JMPREL,
          Tag.PLTREL,
          Tag.PLTRELSZ,
          Tag.STRTAB,
          Tag.STRSZ,
          Tag.VERNEED);

  /** Sections whose place and size are kept for it, by the tag that has their address. */
  private static final List<Long> MOVED = List.of(Tag.RELA, Tag.STRTAB, Tag.VERNEED);

  private static final int SECTION_FIELDS = 3;
  private static final int RECORD_BYTES = WORD * (1 + KEPT.size() + MOVED.size() * SECTION_FIELDS);

  private PackedRelocations(ByteBuffer file) {
    super(file);
  }

  /** Packs those of a library; false where it can't, or has, and nothing has been written. */
  static boolean pack(ByteBuffer library) {
    return isOne(library) && new PackedRelocations(library).pack();
  }

  /** Undoes {@link #pack(ByteBuffer)}; false where it was not done. */
  static boolean unpack(ByteBuffer library) {
    return isOne(library) && new PackedRelocations(library).unpack();
  }

  /** Whether it was done, and nothing else to the library since. */
  static boolean isPacked(ByteBuffer library) {
    return isOne(library) && new PackedRelocations(library).isPacked();
  }

  /** What the machine calls a place to which only the library's own address is added. */
  private long relative() {
    return machine() == X86_64 ? 8 : 1027;
  }

  private boolean pack() {
    boolean fits =
        List.of(Tag.RELA, Tag.RELASZ, Tag.RELACOUNT, Tag.JMPREL, Tag.PLTRELSZ, Tag.PLTREL).stream()
                .allMatch(this::has)
            && List.of(Tag.STRTAB, Tag.STRSZ, Tag.VERNEED, Tag.VERNEEDNUM).stream()
                .allMatch(this::has)
            && has(Tag.BIND_NOW_FLAGS)
            && (value(Tag.BIND_NOW_FLAGS) & NOW) != 0
            && value(Tag.PLTREL) == Tag.RELA
            && !has(Tag.RELR);
    if (!fits) {
      return false;
    }
    long relative = relative();
    int table = place(value(Tag.RELA));
    int tableBytes = Math.toIntExact(value(Tag.RELASZ));
    int count = Math.toIntExact(value(Tag.RELACOUNT));
    long[] addresses = new long[count];
    long[] addends = new long[count];
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      int at = table + i * RELA_ENTRY;
      addresses[i] = file.getLong(at);
      addends[i] = file.getLong(at + 16);
      places[i] = place(addresses[i]);
      boolean good =
          file.getLong(at + 8) == relative
              && addresses[i] % WORD == 0
              && file.getLong(places[i]) == 0
              && (i == 0 || addresses[i] > addresses[i - 1]);
      if (!good) {
        return false;
      }
    }
    byte[] packed = packed(addresses);
    byte[] others = others(table + count * RELA_ENTRY, tableBytes - count * RELA_ENTRY);
    byte[] names = names();
    Optional<byte[]> versions = versions(names);
    long needed = RECORD_BYTES + (long) packed.length + others.length + names.length + 4L * WORD;
    if (versions.isEmpty() || needed + versions.get().length > tableBytes) {
      return false;
    }

    byte[] record = record();
    for (int i = 0; i < count; i++) {
      file.putLong(places[i], addends[i]);
    }
    file.put(table, new byte[tableBytes]);
    long start = value(Tag.RELA);
    long at = put(start, record);
    section(start, at, others.length);
    set(Tag.RELA, Tag.RELA, at);
    set(Tag.RELASZ, Tag.RELASZ, others.length);
    at = put(at, others);
    set(Tag.RELACOUNT, Tag.RELR, at);
    set(Tag.JMPREL, Tag.RELRSZ, packed.length);
    set(Tag.PLTREL, Tag.RELRENT, WORD);
    set(Tag.PLTRELSZ, Tag.DEBUG, 0);
    at = put(at, packed);
    section(value(Tag.STRTAB), at, names.length);
    set(Tag.STRTAB, Tag.STRTAB, at);
    set(Tag.STRSZ, Tag.STRSZ, names.length);
    at = put(at, names);
    section(value(Tag.VERNEED), at, versions.get().length);
    set(Tag.VERNEED, Tag.VERNEED, at);
    put(at, versions.get());
    return true;
  }

  private boolean isPacked() {
    return has(Tag.RELR) && file.getLong(place(value(Tag.RELA)) - RECORD_BYTES) == MAGIC;
  }

  private boolean unpack() {
    if (!isPacked()) {
      return false;
    }
    int record = place(value(Tag.RELA)) - RECORD_BYTES;
    Map<Long, Long> before = new HashMap<>();
    for (int i = 0; i < KEPT.size(); i++) {
      before.put(KEPT.get(i), file.getLong(record + WORD * (1 + i)));
    }
    ByteBuffer sections =
        ByteBuffer.allocate(WORD * MOVED.size() * SECTION_FIELDS).order(ByteOrder.LITTLE_ENDIAN);
    file.get(record + WORD * (1 + KEPT.size()), sections.array());
    int count = Math.toIntExact(before.get(Tag.RELACOUNT));
    int tableBytes = Math.toIntExact(before.get(Tag.RELASZ));
    List<Long> addresses = packedPlaces(place(value(Tag.RELR)), (int) value(Tag.RELRSZ));
    if (addresses.size() != count) {
      return false;
    }
    byte[] others = new byte[tableBytes - count * RELA_ENTRY];
    file.get(place(value(Tag.RELA)), others);
    ByteBuffer table = ByteBuffer.allocate(tableBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long address : addresses) {
      table.putLong(address).putLong(relative()).putLong(file.getLong(place(address)));
    }
    table.put(others);

    addresses.forEach(address -> file.putLong(place(address), 0));
    file.put(record, table.array());
    for (long tag : MOVED) {
      section(value(tag), sections.getLong(), sections.getLong(), sections.getLong());
    }
    set(Tag.RELA, Tag.RELA, value(Tag.RELA) - RECORD_BYTES);
    set(Tag.RELASZ, Tag.RELASZ, before.get(Tag.RELASZ));
    set(Tag.RELR, Tag.RELACOUNT, before.get(Tag.RELACOUNT));
    set(Tag.RELRSZ, Tag.JMPREL, before.get(Tag.JMPREL));
    set(Tag.RELRENT, Tag.PLTREL, before.get(Tag.PLTREL));
    set(Tag.DEBUG, Tag.PLTRELSZ, before.get(Tag.PLTRELSZ));
    set(Tag.STRTAB, Tag.STRTAB, before.get(Tag.STRTAB));
    set(Tag.STRSZ, Tag.STRSZ, before.get(Tag.STRSZ));
    set(Tag.VERNEED, Tag.VERNEED, before.get(Tag.VERNEED));
    return true;
  }

  private byte[] record() {
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(MAGIC);
    KEPT.forEach(tag -> record.putLong(value(tag)));
    for (long tag : MOVED) {
      int at = section(value(tag));
      for (int i = 0; i < SECTION_FIELDS; i++) {
        record.putLong(at < 0 ? 0 : file.getLong(at + WORD * i));
      }
    }
    return record.array();
  }

  /** An address, then words whose bits tell which of the next places follow (lowest bit 1). */
  private static byte[] packed(long[] addresses) {
    ByteBuffer packed = ByteBuffer.allocate(addresses.length * WORD).order(ByteOrder.LITTLE_ENDIAN);
    int i = 0;
    while (i < addresses.length) {
      packed.putLong(addresses[i]);
      long next = addresses[i] + WORD;
      i++;
      long bits;
      do {
        bits = 0;
        for (; i < addresses.length && addresses[i] < next + PACKED_PLACES * WORD; i++) {
          bits |= 1L << ((addresses[i] - next) / WORD);
        }
        if (bits != 0) {
          packed.putLong(bits << 1 | 1);
        }
        next += PACKED_PLACES * WORD;
      } while (bits != 0);
    }
    return Arrays.copyOf(packed.array(), packed.position());
  }

  /** The relocations that name symbols, those of functions too: all are done at once. */
  private byte[] others(int place, int bytes) {
    int functions = Math.toIntExact(value(Tag.PLTRELSZ));
    byte[] others = new byte[bytes + functions];
    file.get(place, others, 0, bytes);
    file.get(place(value(Tag.JMPREL)), others, bytes, functions);
    return others;
  }

  /** With that of the interface behind them. */
  private byte[] names() {
    byte[] name = (INTERFACE + "\0").getBytes(StandardCharsets.US_ASCII);
    int bytes = Math.toIntExact(value(Tag.STRSZ));
    byte[] names = new byte[bytes + name.length];
    file.get(place(value(Tag.STRTAB)), names, 0, bytes);
    System.arraycopy(name, 0, names, bytes, name.length);
    return names;
  }

  private static String name(byte[] names, int at) {
    int end = at;
    while (names[end] != 0) {
      end++;
    }
    return new String(names, at, end - at, StandardCharsets.ISO_8859_1);
  }

  /** The needed versions (LSB, "Symbol Versioning"), with the interface; empty without a libc. */
  private Optional<byte[]> versions(byte[] names) {
    int libraries = Math.toIntExact(value(Tag.VERNEEDNUM));
    ByteBuffer made =
        ByteBuffer.allocate(file.capacity() < 1 << 16 ? file.capacity() + 16 : 1 << 16)
            .order(ByteOrder.LITTLE_ENDIAN);
    int last = 0;
    int at = place(value(Tag.VERNEED));
    for (int i = 0, need = at; i < libraries; i++, need += file.getInt(need + 12)) {
      for (int j = 0, one = need + file.getInt(need + 8); j < file.getShort(need + 2); j++) {
        last = Math.max(last, file.getShort(one + 6) & 0x7fff);
        one += file.getInt(one + 12);
      }
    }
    boolean found = false;
    for (int i = 0; i < libraries; i++) {
      boolean libc = name(names, file.getInt(at + 4)).equals(LIBC);
      found |= libc;
      int count = file.getShort(at + 2);
      int all = libc ? count + 1 : count;
      made.putShort(file.getShort(at)).putShort((short) all).putInt(file.getInt(at + 4));
      made.putInt(16).putInt(i == libraries - 1 ? 0 : 16 + 16 * all);
      int one = at + file.getInt(at + 8);
      for (int j = 0; j < count; j++) {
        made.putInt(file.getInt(one)).putShort(file.getShort(one + 4));
        made.putShort(file.getShort(one + 6)).putInt(file.getInt(one + 8));
        made.putInt(j == all - 1 ? 0 : 16);
        one += file.getInt(one + 12);
      }
      if (libc) {
        made.putInt(hash(INTERFACE)).putShort((short) 0).putShort((short) (last + 1));
        made.putInt(names.length - INTERFACE.length() - 1).putInt(0);
      }
      at += file.getInt(at + 12);
    }
    return found ? Optional.of(Arrays.copyOf(made.array(), made.position())) : Optional.empty();
  }

  /** Of the System V ABI, "Hash Table". */
  private static int hash(String name) {
    int hash = 0;
    for (char c : name.toCharArray()) {
      hash = (hash << 4) + c;
      int high = hash & 0xf0000000;
      hash = (hash ^ high >>> 24) & ~high;
    }
    return hash;
  }
}
