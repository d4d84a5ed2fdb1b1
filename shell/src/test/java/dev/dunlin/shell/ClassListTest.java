package dev.dunlin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists of classes that {@code ./dunlin} makes the class-data archive of. */
class ClassListTest {
  private static final Path LISTS = Path.of("src/main/cds");

  private static List<String> classes(String list) throws IOException {
    try (Stream<String> lines = Files.lines(LISTS.resolve(list))) {
      return lines
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.startsWith("@lambda-proxy ") ? line.split(" ")[1] : line)
          .filter(line -> !line.startsWith("@"))
          .map(line -> line.split(" ")[0])
          // The JDK's own differ from version to version; the JVM passes over those that it lacks.
          .filter(name -> !name.matches("(java|javax|jdk|sun|com/sun/(?!jna)).*"))
          .distinct()
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void namesOnlyClassesThatExist(String list) throws IOException {
    List<String> gone =
        classes(list).stream()
            .filter(name -> ClassListTest.class.getResource("/" + name + ".class") == null)
            .toList();
    assertEquals(List.of(), gone, "record it anew with " + LISTS.resolve("record"));
  }

  /**
   * The compiler numbers them: one more in a class, and those behind it are made anew at each
   * start.
   */
  @Test
  void namesOnlyLambdasThatExist() throws Exception {
    List<String> gone = new ArrayList<>();
    for (String line : Files.readAllLines(LISTS.resolve("classes.lst"))) {
      String[] words = line.split(" ");
      if (!line.startsWith("@lambda-proxy dev/dunlin/") || !words[7].startsWith("lambda$")) {
        continue;
      }
      Class<?> owner =
          Class.forName(words[6].replace('/', '.'), false, getClass().getClassLoader());
      if (Stream.of(owner.getDeclaredMethods())
          .noneMatch(
              method -> method.getName().equals(words[7]) && type(method).equals(words[8]))) {
        gone.add(words[6] + "." + words[7]);
      }
    }
    assertEquals(List.of(), gone, "record it anew with " + LISTS.resolve("record"));
  }

  /** Compared with what the JDK's own tool says of this class. */
  @Test
  void namesEveryPlaceOfAClassThatHasChangedSinceItWasRecorded() throws Exception {
    String name = ClassList.class.getName();
    String path = name.replace('.', '/');
    StringWriter told = new StringWriter();
    ToolProvider.findFirst("javap")
        .orElseThrow()
        .run(
            new PrintWriter(told),
            new PrintWriter(told),
            "-v",
            "-cp",
            Path.of(ClassList.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString(),
            name);
    String expected =
        Pattern.compile(
                "(?m)^ +#([0-9]+) = (Class|Fieldref|Methodref|InterfaceMethodref|InvokeDynamic) ")
            .matcher(told.toString())
            .results()
            .map(place -> " " + place.group(1))
            .collect(Collectors.joining());
    List<String> recorded = List.of(path + " id: 7", "@cp io/x/Other 3", "@cp " + path + " 1 2");
    assertEquals(
        List.of(path + " id: 7", "@cp io/x/Other 3", "@cp " + path + expected),
        ClassList.complete(recorded).lines().toList());
    List<String> changed = new ArrayList<>(recorded);
    changed.add("# sum " + path + " 12345678");
    assertTrue(ClassList.complete(changed).contains("@cp " + path + expected + "\n"));
  }

  @Test
  void keepsThePlacesOfAClassThatIsAsItWasRecorded() throws Exception {
    String path = Main.class.getName().replace('.', '/');
    List<String> recorded =
        ClassList.withSums(List.of(path + " id: 7", "@cp " + path + " 1 2")).lines().toList();
    assertEquals(recorded, ClassList.complete(recorded).lines().toList());
  }

  @Test
  void leavesTheListOfAnOlderJdkAsItIs() throws Exception {
    List<String> recorded = List.of("dev/dunlin/shell/Main id: 1", "java/lang/Object id: 0");
    assertEquals(String.join("\n", recorded) + "\n", ClassList.complete(recorded));
  }

  @Test
  void refusesWhatIsNoClassFile() {
    byte[] wrong = new byte[64];
    Arrays.fill(wrong, (byte) 0x7f);
    assertThrows(IOException.class, () -> ClassList.places(new ByteArrayInputStream(wrong)));
  }

  @Test
  void refusesAClassThatIsCutOff() throws Exception {
    byte[] whole;
    try (InputStream in = ClassList.class.getResourceAsStream("ClassList.class")) {
      whole = in.readAllBytes();
    }
    for (int length = 0; length < 200; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(
          IOException.class, () -> ClassList.places(new ByteArrayInputStream(cut)), "" + length);
    }
  }

  private static String type(Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
        .toMethodDescriptorString();
  }

  /** They are of a Java so old that they can't be archived, and come out of their jar each time. */
  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void aStartDoesNotTouchPicocli(String list) throws IOException {
    assertEquals(List.of(), classes(list).stream().filter(n -> n.startsWith("picocli")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void namesWhatAStartLoadsOfOurs(String list) throws IOException {
    for (String name : List.of("dev/dunlin/shell/Main", "io/vertx/core/Vertx", "org/cef/CefApp")) {
      assertTrue(classes(list).contains(name), name);
    }
  }

  /** What tries to load it replaces System.err meanwhile, and the app's messages are lost. */
  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void aStartDoesNotTouchSlf4j(String list) throws IOException {
    assertEquals(List.of(), classes(list).stream().filter(n -> n.contains("slf4j")).toList());
  }

  /** Not before the first call that needs it: many apps never do. */
  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void aStartDoesNotTouchDbus(String list) throws IOException {
    assertEquals(List.of(), classes(list).stream().filter(n -> n.contains("freedesktop")).toList());
  }
}
