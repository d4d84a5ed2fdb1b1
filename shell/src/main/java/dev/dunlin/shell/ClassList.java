package dev.dunlin.shell;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The list of classes that the class-data archive is made of. JDK 24 and later also resolve what it
 * names by places in constant pools ({@code @cp}), lambdas above all; and every change of a class
 * moves those. So a recorded list has the sum of each of Dunlin's classes, and of one that has
 * changed since, all places are told: more than a start needs, but none is missing. Format: {@code
 * -XX:SharedClassListFile} of the JDK's.
 */
public final class ClassList {
  private static final String PLACES = "@cp ";
  private static final String OURS = "dev/dunlin/";

  /** To the JDK a comment. */
  private static final String SUM = "# sum ";

  private ClassList() {}

  /**
   * Prints the list for the classes on the class path. The first word is the file with the recorded
   * one; with {@code --record} behind it, sums are added.
   */
  public static void main(String[] words) throws IOException {
    List<String> recorded = Files.readAllLines(Path.of(words[0]));
    try (PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8)) {
      out.print(words.length > 1 ? withSums(recorded) : complete(recorded));
    }
  }

  static String withSums(List<String> recorded) throws IOException {
    StringBuilder all = new StringBuilder();
    recorded.forEach(line -> all.append(line).append('\n'));
    for (String name : ours(recorded)) {
      all.append(SUM).append(name).append(' ').append(sum(bytes(name))).append('\n');
    }
    return all.toString();
  }

  /** A list for a JDK before 24, which has no places, stays as it is. */
  public static String complete(List<String> recorded) throws IOException {
    Set<String> same = new HashSet<>();
    StringBuilder places = new StringBuilder();
    if (recorded.stream().anyMatch(line -> line.startsWith(PLACES))) {
      Set<String> lines = new HashSet<>(recorded);
      for (String name : ours(recorded)) {
        byte[] bytes = bytes(name);
        if (lines.contains(SUM + name + " " + sum(bytes))) {
          same.add(name);
        } else if (bytes.length > 0) {
          // One that is gone is passed over by the JDK, too.
          places.append(PLACES).append(name).append(places(new ByteArrayInputStream(bytes)));
          places.append('\n');
        }
      }
    }
    StringBuilder all = new StringBuilder();
    for (String line : recorded) {
      if (!line.startsWith(PLACES + OURS) || same.contains(line.split(" ")[1])) {
        all.append(line).append('\n');
      }
    }
    return all.append(places).toString();
  }

  private static List<String> ours(List<String> recorded) {
    return recorded.stream()
        .filter(line -> line.startsWith(OURS))
        .map(line -> line.split(" ")[0])
        .toList();
  }

  /** Empty if there is none. */
  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = ClassList.class.getResourceAsStream("/" + name + ".class")) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  private static String sum(byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    return Long.toHexString(sum.getValue());
  }

  /** Where a class names classes, their members and lambdas (JVM specification, 4.4). */
  static String places(InputStream classFile) throws IOException {
    DataInputStream in = new DataInputStream(classFile);
    in.skipNBytes(8);
    int count = in.readUnsignedShort();
    StringBuilder places = new StringBuilder();
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> in.skipNBytes(in.readUnsignedShort());
        case 3, 4, 12, 17 -> in.skipNBytes(4);
        case 5, 6 -> {
          in.skipNBytes(8);
          // A long takes two places.
          i++;
        }
        case 7 -> {
          in.skipNBytes(2);
          places.append(' ').append(i);
        }
        case 8, 16, 19, 20 -> in.skipNBytes(2);
        case 9, 10, 11, 18 -> {
          in.skipNBytes(4);
          places.append(' ').append(i);
        }
        case 15 -> in.skipNBytes(3);
        default -> throw new IOException("a class file with an unknown constant: " + tag);
      }
    }
    return places.toString();
  }
}
