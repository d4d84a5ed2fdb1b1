package dev.dunlin.shell.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gives a library whose relocations are packed an address that it is made for, as prelink(8) did:
 * where the dynamic linker can load it there, it has nothing to adjust, and the pages with
 * addresses (11 MiB of libcef) are the file's own, one copy for all processes in place of one in
 * each. Where it can't, because something else lies there, a function of ours adjusts them, which
 * the linker calls ({@code R_X86_64_IRELATIVE}) before any of the library's own code runs. Undone
 * to the byte. x86-64 only.
 *
 * <p>The address tells of nothing but itself: who knows it for one process knows it for all that
 * have the library there. The app's own process therefore keeps off it (see {@code Engine}).
 */
final class Prelink extends ElfLibrary {
  private static final int PAGE = 4096;

  /** At most so much is added behind the end of the file. */
  private static final int ADDED_BYTES = 64 * 1024;

  /** With what is left free up to the next page. */
  static final int ROOM_BYTES = ADDED_BYTES + PAGE;

  /** Tags in the place of those of the packed table: of ours, which linkers pass over. */
  private static final long OWN = 0x6044_4e00L;

  private static final long PACKED = OWN;
  private static final long PACKED_BYTES = OWN + 1;
  private static final long RECORD = OWN + 2;

  private static final int MAX_PLAIN_TAG = 37;

  /**
   * Tags whose values are addresses: DT_PLTGOT, HASH, STRTAB, SYMTAB, RELA, INIT, FINI, REL,
   * JMPREL, INIT_ARRAY, FINI_ARRAY, PREINIT_ARRAY, RELR; ours; DT_GNU_HASH, TLSDESC_PLT,
   * TLSDESC_GOT, VERSYM, VERDEF, VERNEED.
   */
  private static final Set<Long> ADDRESSES =
      Set.of(
          3L,
          4L,
          5L,
          6L,
          7L,
          12L,
          13L,
          17L,
          23L,
          25L,
          26L,
          32L,
          36L,
          PACKED,
          RECORD,
          0x6ffffef5L,
          0x6ffffef6L,
          0x6ffffef7L,
          0x6ffffff0L,
          0x6ffffffcL,
          0x6ffffffeL);

  /**
   * Tags from {@link #MAX_PLAIN_TAG} on that are known to be none: ours, DT_RELACOUNT, RELCOUNT,
   * FLAGS_1, VERDEFNUM, VERNEEDNUM.
   */
  private static final Set<Long> COUNTS =
      Set.of(PACKED_BYTES, 0x6ffffff9L, 0x6ffffffaL, 0x6ffffffbL, 0x6ffffffdL, 0x6fffffffL);

  /** DT_SYMTAB_SHNDX, an address that no linker has use for. */
  private static final long SECTIONS_OF_SYMBOLS = 34;

  private static final int ADDRESS_OF_SYMBOL = 1;

  /**
   * Relocations that name a symbol (R_X86_64_64, GLOB_DAT, JUMP_SLOT), or that have nothing to do
   * with where the library lies (DTPMOD64, DTPOFF64, TPOFF64).
   */
  private static final Set<Integer> MOVABLE = Set.of(ADDRESS_OF_SYMBOL, 6, 7, 16, 17, 18);

  private static final int IRELATIVE = 37;

  private static final int SYMBOL = 24;
  private static final int UNDEFINED = 0;
  private static final int FIRST_RESERVED_SECTION = 0xff00;
  private static final int THREAD_LOCAL = 6;
  private static final int RESOLVER = 10;

  private static final int EXECUTE = 1;
  private static final int READ = 4;

  /**
   * The function, as GNU as makes it of this:
   *
   * <pre>
   *   begin: endbr64
   *          lea    rax, [rip + begin]
   *          movabs rdx, ADDRESS           # where it is made for
   *          sub    rax, rdx               # how far from there it is
   *          jz     end
   *          lea    rsi, [rip + PACKED]
   *          lea    rdi, [rip + PACKED_END]
   *   next:  cmp    rsi, rdi
   *          jae    end
   *          mov    rcx, [rsi]
   *          add    rsi, 8
   *          test   cl, 1
   *          jnz    bits
   *          add    rcx, rax               # an address
   *          add    [rcx], rax
   *          lea    rdx, [rcx + 8]
   *          jmp    next
   *   bits:  mov    r8, rdx                # which of the next 63 words
   *          add    rdx, 504
   *          shr    rcx, 1
   *   bit:   jz     next
   *          test   cl, 1
   *          jz     skip
   *          add    [r8], rax
   *   skip:  add    r8, 8
   *          shr    rcx, 1
   *          jmp    bit
   *   end:   ret
   * </pre>
   */
  private static final String ADJUST =
      "f30f1efa488d05f5ffffff48ba00000000000000004829d0744b488d3500000000488d3d000000004839fe7338"
          + "488b0e4883c608f6c101750c4801c148010148"
          + "8d5108ebe34989d04881c2f801000048d1e974d4f6c1017403490100"
          + "4983c00848d1e9ebedc3";

  private static final int ADDRESS_AT = 13;
  private static final int PACKED_AT = 29;
  private static final int PACKED_END_AT = 36;

  private Prelink(ByteBuffer file) {
    super(file);
  }

  /**
   * @param file the library, with {@link #ROOM_BYTES} behind it
   * @param bytes how long the library is
   * @param base a multiple of a page
   * @return how long it is now, or {@code bytes} where it can't be done and nothing was written
   * @throws RuntimeException when it is malformed; what was written by then is of no use
   */
  static long apply(ByteBuffer file, long bytes, long base) {
    return isOne(file) ? new Prelink(file).apply(bytes, base) : bytes;
  }

  /**
   * How long the library was before, as which it is again; or {@code bytes} where it was not done.
   */
  static long undo(ByteBuffer file, long bytes) {
    return isOne(file) ? new Prelink(file).undo(bytes) : bytes;
  }

  /** Whether it was done. */
  static boolean isPrelinked(ByteBuffer file) {
    return isOne(file) && new Prelink(file).has(RECORD);
  }

  /** The addresses that a library is made for, by the headers at its start; empty where for any. */
  static Optional<EngineFitting.Range> addresses(ByteBuffer start) {
    if (start.limit() < 64 || !isOne(start)) {
      return Optional.empty();
    }
    List<Segment> loaded =
        segments(start).stream().filter(segment -> segment.type() == LOAD).toList();
    if (loaded.isEmpty() || loaded.get(0).address() == 0) {
      return Optional.empty();
    }
    long from = loaded.get(0).address();
    return Optional.of(new EngineFitting.Range(from, loaded.get(loaded.size() - 1).end() - from));
  }

  /** The address that it is made for; 0 where it is made for any. */
  private long base() {
    return segments().stream().filter(s -> s.type() == LOAD).findFirst().orElseThrow().address();
  }

  private long apply(long bytes, long base) {
    if (!has(Tag.RELR) || machine() != X86_64 || base() != 0 || !isMovable()) {
      return bytes;
    }
    long place = (bytes + PAGE - 1) / PAGE * PAGE;
    long address = (end() + PAGE - 1) / PAGE * PAGE;
    Segment relro = segments().stream().filter(s -> s.type() == RELRO).findFirst().orElseThrow();
    long result = (relro.address() + relro.fileBytes() + WORD - 1) / WORD * WORD;
    int others = Math.toIntExact(value(Tag.RELASZ));
    if (result + WORD > relro.end() || others + PAGE > ADDED_BYTES) {
      return bytes;
    }

    ByteBuffer added = ByteBuffer.allocate(ADDED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    byte[] adjust = HexFormat.of().parseHex(ADJUST);
    long packed = value(Tag.RELR);
    added.put(adjust);
    added.putLong(ADDRESS_AT, address + base);
    added.putInt(PACKED_AT, Math.toIntExact(packed - address - PACKED_AT - 4));
    added.putInt(
        PACKED_END_AT, Math.toIntExact(packed + value(Tag.RELRSZ) - address - PACKED_END_AT - 4));
    align(added);
    // The record for undoing it.
    long record = address + added.position();
    added.putLong(bytes).putLong(value(Tag.RELA)).putLong(others);
    Segment headers = segments().get(0);
    byte[] header = new byte[PROGRAM_HEADER];
    file.get(headers.at(), header);
    added.put(header);
    long table = address + added.position();
    byte[] relocations = new byte[others];
    file.get(place(value(Tag.RELA)), relocations);
    added.put(relocations);
    added.putLong(result).putLong(IRELATIVE).putLong(address);
    int length = added.position();

    file.put(Math.toIntExact(bytes), new byte[Math.toIntExact(place - bytes)]);
    file.put(Math.toIntExact(place), added.array(), 0, length);
    set(Tag.RELR, PACKED, packed);
    set(Tag.RELRSZ, PACKED_BYTES, value(Tag.RELRSZ));
    set(Tag.RELRENT, RECORD, record);
    set(Tag.RELA, Tag.RELA, table);
    set(Tag.RELASZ, Tag.RELASZ, others + RELA_ENTRY);
    // The headers of the headers themselves make room: they are for programs.
    final int last = lastLoad();
    move(headers.at() + PROGRAM_HEADER, headers.at(), last - headers.at());
    file.putInt(last, LOAD).putInt(last + 4, READ | EXECUTE);
    file.putLong(last + 8, place).putLong(last + 16, address).putLong(last + 24, address);
    file.putLong(last + 32, length).putLong(last + 40, length).putLong(last + 48, PAGE);
    new Prelink(file).shift(base);
    return place + length;
  }

  private long undo(long bytes) {
    if (!has(RECORD)) {
      return bytes;
    }
    shift(-base());
    Prelink made = new Prelink(file);
    int record = made.place(made.value(RECORD));
    final long before = file.getLong(record);
    long table = file.getLong(record + WORD);
    long others = file.getLong(record + 2 * WORD);
    byte[] header = new byte[PROGRAM_HEADER];
    file.get(record + 3 * WORD, header);
    made.set(Tag.RELA, Tag.RELA, table);
    made.set(Tag.RELASZ, Tag.RELASZ, others);
    made.set(PACKED, Tag.RELR, made.value(PACKED));
    made.set(PACKED_BYTES, Tag.RELRSZ, made.value(PACKED_BYTES));
    made.set(RECORD, Tag.RELRENT, WORD);
    int first = made.segments().get(0).at();
    int last = made.lastLoad();
    made.move(first, first + PROGRAM_HEADER, last - first);
    file.put(first, header);
    return before;
  }

  /** The first address behind all that is loaded. */
  private long end() {
    return segments().stream()
        .filter(s -> s.type() == LOAD)
        .mapToLong(Segment::end)
        .max()
        .orElseThrow();
  }

  /** Whether all that has an address in it is known. */
  private boolean isMovable() {
    for (long tag : entries().keySet()) {
      boolean known =
          Long.compareUnsigned(tag, MAX_PLAIN_TAG) <= 0
              || ADDRESSES.contains(tag)
              || COUNTS.contains(tag);
      if (!known || tag == SECTIONS_OF_SYMBOLS) {
        return false;
      }
    }
    for (int at : relocations()) {
      int type = file.getInt(at + WORD);
      boolean isOfNoSymbol = type == ADDRESS_OF_SYMBOL && file.getInt(at + WORD + 4) == 0;
      if (!MOVABLE.contains(type) || isOfNoSymbol) {
        return false;
      }
    }
    return section(value(Tag.SYMTAB)) >= 0
        && !hasResolvers()
        && segments().get(0).type() == PROGRAM_HEADERS;
  }

  /** Functions that choose others while the library is not adjusted yet. */
  private boolean hasResolvers() {
    return symbols().stream().anyMatch(at -> (file.get(at + 4) & 0xf) == RESOLVER);
  }

  /** Where each of the symbols lies in the file. */
  private List<Integer> symbols() {
    long bytes = file.getLong(section(value(Tag.SYMTAB)) + 2 * WORD);
    int first = place(value(Tag.SYMTAB));
    List<Integer> symbols = new ArrayList<>();
    for (int at = first; at < first + bytes; at += SYMBOL) {
      symbols.add(at);
    }
    return symbols;
  }

  /** Makes the library for an address that much higher. */
  private void shift(long by) {
    List<Long> places = packedPlaces(place(value(PACKED)), (int) value(PACKED_BYTES));
    for (long address : places) {
      add(place(address), by);
    }
    int packed = place(value(PACKED));
    for (int at = packed; at < packed + value(PACKED_BYTES); at += WORD) {
      if ((file.getLong(at) & 1) == 0) {
        add(at, by);
      }
    }
    for (int at : relocations()) {
      add(at, by);
      if (file.getInt(at + WORD) == IRELATIVE) {
        add(at + 2 * WORD, by);
      }
    }
    for (int at : symbols()) {
      int section = Short.toUnsignedInt(file.getShort(at + 6));
      boolean isAddress = section != UNDEFINED && section < FIRST_RESERVED_SECTION;
      if (isAddress && (file.get(at + 4) & 0xf) != THREAD_LOCAL) {
        add(at + WORD, by);
      }
    }
    for (int at : sections()) {
      if (file.getLong(at) != 0) {
        add(at, by);
      }
    }
    entries()
        .forEach(
            (tag, at) -> {
              if (ADDRESSES.contains(tag)) {
                add(at + WORD, by);
              }
            });
    for (Segment segment : segments()) {
      if (segment.memoryBytes() != 0) {
        add(segment.at() + 16, by);
        add(segment.at() + 24, by);
      }
    }
  }

  /** Where each of the relocations that are not packed lies in the file. */
  private List<Integer> relocations() {
    int first = place(value(Tag.RELA));
    List<Integer> relocations = new ArrayList<>();
    for (int at = first; at < first + value(Tag.RELASZ); at += RELA_ENTRY) {
      relocations.add(at);
    }
    return relocations;
  }

  /** Where the header of the last segment that is loaded lies in the file. */
  private int lastLoad() {
    return segments().stream()
        .filter(s -> s.type() == LOAD)
        .mapToInt(Segment::at)
        .max()
        .orElseThrow();
  }

  private void add(int at, long by) {
    file.putLong(at, file.getLong(at) + by);
  }

  private void move(int from, int to, int bytes) {
    byte[] moved = new byte[bytes];
    file.get(from, moved);
    file.put(to, moved);
  }

  private static void align(ByteBuffer buffer) {
    buffer.position((buffer.position() + WORD - 1) / WORD * WORD);
  }
}
