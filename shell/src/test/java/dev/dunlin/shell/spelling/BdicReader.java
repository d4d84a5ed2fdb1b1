package dev.dunlin.shell.spelling;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what {@link Bdic} writes, by the description of the format: for tests. */
final class BdicReader {
  private static final int LOWEST_NUMBER_BEHIND = 0x1FFF;

  private final ByteBuffer file;
  private final Map<String, List<Integer>> words = new TreeMap<>();

  private BdicReader(byte[] bytes) {
    file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    walk(file.getInt(12), "");
  }

  static BdicReader of(byte[] bytes) {
    return new BdicReader(bytes);
  }

  /** All words, with their sets of flags. */
  Map<String, List<Integer>> words() {
    return words;
  }

  /** Of the tree. */
  int wordBytes() {
    return file.capacity() - file.getInt(12);
  }

  List<String> flagSets() {
    return strings(0);
  }

  List<String> affixes() {
    return strings(4);
  }

  List<String> replacements() {
    return strings(8);
  }

  List<String> others() {
    return strings(12);
  }

  private List<String> strings(int header) {
    List<String> all = new ArrayList<>();
    int at = file.getInt(file.getInt(8) + header);
    while (file.get(at) != 0) {
      String one = string(at);
      all.add(utf8(one));
      at += one.length() + 1;
    }
    return all;
  }

  private String string(int at) {
    int end = at;
    while (file.get(end) != 0) {
      end++;
    }
    return new String(file.array(), at, end - at, StandardCharsets.ISO_8859_1);
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private void walk(int node, String before) {
    int id = file.get(node) & 0xFF;
    if (id < 0x80) {
      leaf(node, id, before);
    } else if (id >= 0xE0) {
      boolean wide = id >= 0xF0;
      int behind = node + 1 + (id & 0xF) * (wide ? 3 : 2);
      for (int i = 0; i < (id & 0xF); i++) {
        int at = node + 1 + i * (wide ? 3 : 2);
        int offset = wide ? file.getShort(at + 1) & 0xFFFF : file.get(at + 1) & 0xFF;
        walk(behind + offset, before + key(file.get(at) & 0xFF));
      }
    } else {
      table(node, id, before);
    }
  }

  private void table(int node, int id, String before) {
    int width = (id & 2) == 0 ? 2 : 4;
    int first = file.get(node + 1) & 0xFF;
    int count = file.get(node + 2) & 0xFF;
    int at = node + 3;
    if ((id & 1) != 0) {
      walk(target(node, at, width), before);
      at += width;
    }
    for (int i = 0; i < count; i++) {
      int target = target(node, at + i * width, width);
      if (target >= 0) {
        walk(target, before + key(first + i));
      }
    }
  }

  private int target(int node, int at, int width) {
    int offset = width == 2 ? file.getShort(at) & 0xFFFF : file.getInt(at);
    return offset == 0 ? -1 : width == 2 ? node + offset : offset;
  }

  private static String key(int value) {
    return value == 0 ? "" : String.valueOf((char) value);
  }

  private void leaf(int node, int id, String before) {
    int own = (id & 0x1F) << 8 | file.get(node + 1) & 0xFF;
    int at = node + 2;
    String rest = "";
    if ((id & 0x40) != 0) {
      rest = string(at);
      at += rest.length() + 1;
    }
    List<Integer> flags = new ArrayList<>();
    if (own != LOWEST_NUMBER_BEHIND) {
      flags.add(own);
    }
    if ((id & 0x20) != 0) {
      for (int one = file.getShort(at) & 0xFFFF; one != 0xFFFF; one = file.getShort(at) & 0xFFFF) {
        flags.add(one);
        at += 2;
      }
    }
    words.put(utf8(before + rest), flags);
  }
}
