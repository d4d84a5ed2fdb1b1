package dev.dunlin.shell.spelling;

import dev.dunlin.shell.spelling.SpellingException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Chromium's file of a dictionary, {@code .bdic} (third_party/hunspell/google/bdict.h), all numbers
 * little endian:
 *
 * <pre>
 *  0  'B' 'D' 'i' 'c'
 *  4  2, 0               version, two of 16 bits
 *  8  offset of the affixes
 * 12  offset of the words
 * 16  MD5 of all that follows
 * 32  affixes: offsets (32 bits each) of sets of flags, rules, replacements and the rest; a comment
 *     between newlines; then those four: strings with a 0 behind each, and another at the end
 *     words: a tree by their bytes, each of whose nodes is one of
 *       0abxxxxx xxxxxxxx    a word ends: x its flags, a: more of it follows (string, 0),
 *                            b: more flags follow (16 bits each, FFFF at the end)
 *       1110nnnn             n pairs (byte, 8 bits) of how the word goes on; the offset counts
 *                            from behind them
 *       1111nnnn             the same with offsets of 16 bits
 *       110000ab first count  a table for the bytes from the first on; a: offsets have 32 bits and
 *                            count from the file's begin, else 16 bits and from the node's; b:
 *                            before it stands the one of the word's end
 * </pre>
 *
 * <p>Written here because the others come with the sources of Chromium and the developer's files of
 * Qt, which no person's desktop has.
 */
final class Bdic {
  private static final int HEADER = 32;
  private static final int AFFIX_HEADER = 16;
  private static final int DIGEST_AT = 16;

  /** Larger flags stand in the list behind. */
  private static final int LARGEST_FLAGS = 0x1FFE;

  private static final int FLAGS_BEHIND = 0x1FFF;
  private static final int MORE_OF_IT = 0x40;
  private static final int MORE_FLAGS = 0x20;
  private static final int LIST = 0xE0;
  private static final int LIST_16 = 0xF0;
  private static final int TABLE = 0xC0;
  private static final int TABLE_32 = 0xC2;
  private static final int ENDS_HERE = 0x01;

  private static final int TABLE_HEADER = 3;

  /** A list has fewer ways to go on. */
  private static final int LIST_ENTRIES = 16;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Bdic() {}

  /** The file of the dictionary. */
  static byte[] of(Hunspell dictionary) throws SpellingException {
    byte[] before = affixes(dictionary);
    Node root = Node.of(dictionary.words());
    root.measure();
    long size = HEADER + (long) before.length + root.bytes;
    if (size > Hunspell.FILE_BYTES) {
      throw new SpellingException(
          Reason.TOO_LARGE,
          "Chromium's file would have more than " + Hunspell.FILE_BYTES + " bytes");
    }
    ByteBuffer file = ByteBuffer.allocate((int) size);
    file.order(ByteOrder.LITTLE_ENDIAN);
    file.put("BDic".getBytes(StandardCharsets.ISO_8859_1)).putInt(2);
    file.putInt(HEADER).putInt(HEADER + before.length);
    file.position(HEADER);
    file.put(before);
    root.write(file);
    byte[] whole = file.array();
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      md5.update(whole, HEADER, whole.length - HEADER);
      System.arraycopy(md5.digest(), 0, whole, DIGEST_AT, HEADER - DIGEST_AT);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
    return whole;
  }

  private static byte[] affixes(Hunspell dictionary) {
    Bdic part = new Bdic();
    part.string("\n" + dictionary.comment() + "\n");
    int groups = part.at();
    part.string("AF " + dictionary.flagSets().size() + "\0");
    part.strings(dictionary.flagSets());
    int rules = part.at();
    part.strings(dictionary.affixes());
    int replacements = part.at();
    for (Hunspell.Replacement one : dictionary.replacements()) {
      part.string(one.from() + "\0" + one.to() + "\0");
    }
    part.string("\0");
    int others = part.at();
    part.strings(dictionary.others());
    return ByteBuffer.allocate(AFFIX_HEADER + part.out.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(groups)
        .putInt(rules)
        .putInt(replacements)
        .putInt(others)
        .put(part.out.toByteArray())
        .array();
  }

  private int at() {
    return HEADER + AFFIX_HEADER + out.size();
  }

  private void string(String bytes) {
    out.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void strings(Collection<String> lines) {
    lines.forEach(line -> string(line + "\0"));
    string("\0");
  }

  private enum Kind {
    WORD,
    LIST_8,
    LIST_16,
    TABLE_16,
    TABLE_32
  }

  /** One of the tree; no deeper than a word is long. */
  private static final class Node {
    /** The byte that leads here, 0 for a word that ends above. */
    private final int key;

    private final List<Node> ways = new ArrayList<>();

    /** Of a word: what is left of it, and its flags. */
    private String rest = "";

    private int[] flags = {};
    private Kind kind = Kind.WORD;

    /** With all below it. */
    private long bytes;

    private Node(int key) {
      this.key = key;
    }

    static Node of(Map<String, int[]> sorted) {
      List<Map.Entry<String, int[]>> words = new ArrayList<>(sorted.entrySet());
      Node root = new Node(0);
      root.fill(words, 0, words.size(), 0);
      return root;
    }

    /** Of the words from begin to end, which are the same in their first bytes. */
    private void fill(List<Map.Entry<String, int[]>> words, int begin, int end, int same) {
      if (end - begin == 1) {
        rest = words.get(begin).getKey().substring(same);
        flags = words.get(begin).getValue();
        return;
      }
      int from = begin;
      while (from < end) {
        String word = words.get(from).getKey();
        if (word.length() == same) {
          Node ends = new Node(0);
          ends.flags = words.get(from).getValue();
          ways.add(ends);
          from++;
          continue;
        }
        char next = word.charAt(same);
        int to = from + 1;
        while (to < end && words.get(to).getKey().charAt(same) == next) {
          to++;
        }
        Node way = new Node(next);
        way.fill(words, from, to, same + 1);
        ways.add(way);
        from = to;
      }
    }

    private boolean endsHere() {
      return ways.get(0).key == 0;
    }

    /** Those of the table: the first, and how many up to the last. */
    private int first() {
      return ways.get(endsHere() ? 1 : 0).key;
    }

    private int count() {
      return ways.get(ways.size() - 1).key - first() + 1;
    }

    /**
     * Chooses how each is written: as Chromium's own program does, which counts a byte too few for
     * each table, but the next larger kind where an offset of its choice would not fit.
     *
     * @return the bytes as that program counts them
     */
    long measure() {
      if (ways.isEmpty()) {
        long behind = 0;
        if (flags[0] > LARGEST_FLAGS) {
          behind = flags.length * 2L + 2;
        } else if (flags.length > 1) {
          behind = flags.length * 2L;
        }
        bytes = 2 + (rest.isEmpty() ? 0 : rest.length() + 1) + behind;
        return bytes;
      }
      long counted = 0;
      long below = 0;
      for (Node way : ways) {
        counted += way.measure();
        below += way.bytes;
      }
      long last = below - ways.get(ways.size() - 1).bytes;
      if (ways.size() < LIST_ENTRIES && counted <= 0xFF && last <= 0xFF) {
        return is(Kind.LIST_8, 1 + ways.size() * 2L, counted, below);
      }
      if (ways.size() < LIST_ENTRIES && counted <= 0xFFFF && last <= 0xFFFF) {
        return is(Kind.LIST_16, 1 + ways.size() * 3L, counted, below);
      }
      int entries = count() + (endsHere() ? 1 : 0);
      long narrow = TABLE_HEADER + entries * 2L;
      if (counted + narrow - 1 < 0xFFFF && narrow + last <= 0xFFFF) {
        return is(Kind.TABLE_16, narrow, counted - 1, below);
      }
      return is(Kind.TABLE_32, TABLE_HEADER + entries * 4L, counted - 1, below);
    }

    private long is(Kind chosen, long own, long counted, long below) {
      kind = chosen;
      bytes = own + below;
      return own + counted;
    }

    void write(ByteBuffer file) {
      switch (kind) {
        case WORD -> writeWord(file);
        case LIST_8, LIST_16 -> writeList(file);
        default -> writeTable(file);
      }
    }

    private void writeWord(ByteBuffer file) {
      boolean behind = flags[0] > LARGEST_FLAGS;
      int own = behind ? FLAGS_BEHIND : flags[0];
      boolean more = behind || flags.length > 1;
      file.put((byte) (own >> 8 | (rest.isEmpty() ? 0 : MORE_OF_IT) | (more ? MORE_FLAGS : 0)));
      file.put((byte) own);
      if (!rest.isEmpty()) {
        file.put(rest.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 0);
      }
      if (more) {
        for (int i = behind ? 0 : 1; i < flags.length; i++) {
          file.putShort((short) flags[i]);
        }
        file.putShort((short) 0xFFFF);
      }
    }

    private void writeList(ByteBuffer file) {
      boolean narrow = kind == Kind.LIST_8;
      file.put((byte) ((narrow ? LIST : LIST_16) | ways.size()));
      int at = file.position();
      int behind = at + ways.size() * (narrow ? 2 : 3);
      file.position(behind);
      for (Node way : ways) {
        file.put(at, (byte) way.key);
        int offset = file.position() - behind;
        if (narrow) {
          file.put(at + 1, (byte) offset);
        } else {
          file.putShort(at + 1, (short) offset);
        }
        at += narrow ? 2 : 3;
        way.write(file);
      }
    }

    private void writeTable(ByteBuffer file) {
      boolean narrow = kind == Kind.TABLE_16;
      int width = narrow ? 2 : 4;
      int begin = file.position();
      file.put((byte) ((narrow ? TABLE : TABLE_32) | (endsHere() ? ENDS_HERE : 0)));
      file.put((byte) first()).put((byte) count());
      int end = file.position();
      int table = end + (endsHere() ? width : 0);
      file.position(table + count() * width);
      for (Node way : ways) {
        int at = way.key == 0 ? end : table + (way.key - first()) * width;
        if (narrow) {
          file.putShort(at, (short) (file.position() - begin));
        } else {
          file.putInt(at, file.position());
        }
        way.write(file);
      }
    }
  }
}
