package dev.dunlin.shell;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The arrows and walls of ARCHITECTURE.md, section 1. Each is held by the code there is, and each
 * is broken by a small program, compiled here, that nobody else sees.
 */
class ArchitectureTest {
  /** Only what the JDK's own names cover; {@code java.awt} has a wall of its own. */
  private static final List<String> JDK =
      List.of("java..", "javax..", "jdk..", "com.sun.management..");

  private static final String SCHEDULER = "dev.dunlin.scheduler..";
  private static final String PROCESS = "dev.dunlin.scheduler.process..";
  private static final String BRIDGE = "dev.dunlin.bridge..";
  private static final String SPI = "dev.dunlin.bridge.spi..";
  private static final String NET = "dev.dunlin.net..";
  private static final String BT = "dev.dunlin.bt..";
  private static final String SHELL = "dev.dunlin.shell..";
  private static final String ENGINE = "dev.dunlin.shell.engine..";
  private static final String MAIN = "dev.dunlin.shell.Main";

  /** A rule, and programs that break it. */
  private record Wall(ArchRule rule, List<String> breaches) {}

  private static final Map<String, Wall> WALLS = new TreeMap<>();

  static {
    // --- arrows
    wall(
        "scheduler stands on Vert.x, with Netty under it, JNA and the JDK",
        standsOn(SCHEDULER, "io.vertx..", "io.netty..", "com.sun.jna.."),
        "package dev.dunlin.scheduler; class A { dev.dunlin.bridge.Limits up; }",
        "package dev.dunlin.scheduler.process; class A { picocli.CommandLine line; }");
    wall(
        "scheduler calls native code for the pipes of children only",
        noClasses()
            .that()
            .resideInAPackage(SCHEDULER)
            .and()
            .haveNameNotMatching("dev\\.dunlin\\.scheduler\\.process\\.HeldPipe(\\$LibC)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna.."),
        "package dev.dunlin.scheduler; class A { com.sun.jna.Native library; }",
        "package dev.dunlin.scheduler.process; class A { com.sun.jna.Native library; }");
    wall(
        "bridge stands on scheduler and its libraries",
        standsOn(
            BRIDGE,
            SCHEDULER,
            "io.vertx..",
            "io.netty..",
            "com.fasterxml.jackson..",
            "com.sun.jna.."),
        "package dev.dunlin.bridge; class A { dev.dunlin.shell.BuildInfo up; }",
        "package dev.dunlin.bridge.fs; class A { picocli.CommandLine line; }");
    wall(
        "bridge uses what Vert.x stands on in dns only, for records that Vert.x cannot read",
        noClasses()
            .that()
            .resideInAPackage(BRIDGE)
            .and()
            .resideOutsideOfPackage("dev.dunlin.bridge.dns..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.netty.bootstrap..",
                "io.netty.buffer..",
                "io.netty.channel..",
                "io.netty.handler..",
                "io.netty.resolver.."),
        "package dev.dunlin.bridge.fs; class A { io.netty.buffer.ByteBuf bytes; }");
    wall(
        "bridge calls native code for files that Java cannot pin and signals it cannot send only",
        noClasses()
            .that()
            .resideInAPackage(BRIDGE)
            .and()
            .resideOutsideOfPackage("dev.dunlin.bridge.fs..")
            .and()
            .haveNameNotMatching("dev\\.dunlin\\.bridge\\.child\\.Signals(\\$Posix)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna.."),
        "package dev.dunlin.bridge; class A { com.sun.jna.Native library; }",
        "package dev.dunlin.bridge.child; class A { com.sun.jna.Native library; }");
    wall(
        "net and bt know of bridge only its SPI, and nothing above",
        noClasses()
            .that()
            .resideInAnyPackage(NET, BT)
            .should()
            .dependOnClassesThat(
                DescribedPredicate.describe(
                    "are in shell, installers or e2e, or in bridge outside its SPI",
                    type ->
                        type.getPackageName()
                                .matches("dev\\.dunlin\\.(shell|installers|e2e)(\\..*)?")
                            || in(type, "dev.dunlin.bridge") && !in(type, "dev.dunlin.bridge.spi")))
            .allowEmptyShould(true),
        "package dev.dunlin.net; class A { dev.dunlin.bridge.Bridge inside; }",
        "package dev.dunlin.bt; class A { dev.dunlin.shell.BuildInfo up; }");
    wall(
        "net stands on scheduler, the SPI and its libraries",
        standsOn(
            NET,
            SCHEDULER,
            SPI,
            "io.vertx..",
            "io.netty..",
            "com.fasterxml.jackson..",
            "org.bouncycastle.."),
        "package dev.dunlin.net; class A { com.sun.jna.Native library; }",
        "package dev.dunlin.net.udp; class A { dev.dunlin.bridge.Bridge inside; }");
    wall(
        "bt stands on scheduler, the SPI and its libraries",
        standsOn(
            BT,
            SCHEDULER,
            SPI,
            "io.vertx..",
            "com.fasterxml.jackson..",
            "org.freedesktop.dbus..",
            "org.bluez.."),
        "package dev.dunlin.bt; class A { com.sun.jna.Native library; }",
        "package dev.dunlin.bt.bluez; class A { dev.dunlin.bridge.Bridge inside; }");
    wall(
        "D-Bus is named where BlueZ is, and nowhere else in bt",
        onlyIn(List.of("dev.dunlin.bt.bluez..", "dev.dunlin.shell.desktop.."), "org.freedesktop.."),
        "package dev.dunlin.bt.sim; class A { org.freedesktop.dbus.StandIn s; } "
            + "\npackage org.freedesktop.dbus; public class StandIn {}");
    wall(
        "the SPI knows nothing of the bridge behind it",
        noClasses()
            .that()
            .resideInAPackage(SPI)
            .should()
            .dependOnClassesThat(
                DescribedPredicate.describe(
                    "are in bridge outside its SPI",
                    type -> in(type, "dev.dunlin.bridge") && !in(type, "dev.dunlin.bridge.spi"))),
        "package dev.dunlin.bridge.spi; class A { dev.dunlin.bridge.Bridge behind; }");
    wall(
        "shell is used by nothing below it",
        noClasses()
            .that()
            .resideOutsideOfPackages(SHELL, "dev.dunlin.installers..", "dev.dunlin.e2e..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SHELL),
        "package dev.dunlin.bridge; class A { dev.dunlin.shell.BuildInfo up; }");
    wall(
        "packages have no cycles",
        SlicesRuleDefinition.slices().assignedFrom(packages()).should().beFreeOfCycles(),
        "package dev.dunlin.x.one; public class A { dev.dunlin.x.two.B to; } "
            + "\npackage dev.dunlin.x.two; public class B { dev.dunlin.x.one.A fro; }");

    // --- walls
    wall(
        "Chromium is named in shell.engine only",
        onlyIn(List.of(ENGINE), "org.cef..", "me.friwi.."),
        "package dev.dunlin.shell.app; class A { org.cef.CefApp app; }",
        "package dev.dunlin.shell.host; class A { Object o = new me.friwi.jcefmaven.CefAppBuilder(); }");
    wall(
        "AWT and Swing are named in shell only",
        onlyIn(List.of(SHELL), "java.awt..", "javax.swing.."),
        "package dev.dunlin.bridge; class A { java.awt.Color colour; }",
        "package dev.dunlin.scheduler; class A { void a() { javax.swing.SwingUtilities.invokeLater(null); } }");
    wall(
        "Bouncy Castle is named in net only",
        onlyIn(List.of(NET), "org.bouncycastle.."),
        "package dev.dunlin.shell.app; class A { org.bouncycastle.StandIn s; } "
            + "\npackage org.bouncycastle; public class StandIn {}");
    wall(
        "JavaFX is named in operator only, which no app has",
        onlyIn(List.of("dev.dunlin.operator.."), "javafx.."),
        "package dev.dunlin.shell.app; class A { javafx.StandIn s; } "
            + "\npackage javafx; public class StandIn {}");
    wall(
        "D-Bus is named in bt and where the shell meets the desktop only",
        onlyIn(List.of(BT, "dev.dunlin.shell.desktop.."), "org.freedesktop.."),
        "package dev.dunlin.shell.host; class A { org.freedesktop.dbus.StandIn s; } "
            + "\npackage org.freedesktop.dbus; public class StandIn {}");
    wall(
        "the time is asked of scheduler",
        calledOnlyIn(
            SCHEDULER,
            "ask for the time",
            access ->
                is(access, System.class, "currentTimeMillis", "nanoTime")
                    || access.getTargetOwner().getPackageName().equals("java.time")
                        && access
                            .getTarget()
                            .getName()
                            .matches("now|system(UTC|DefaultZone)?|tick.*")
                    || is(access, java.util.Date.class, "<init>")
                    || is(access, java.util.Calendar.class, "getInstance")),
        "package dev.dunlin.bridge; class A { long a() { return System.nanoTime(); } }",
        "package dev.dunlin.shell.app; class A { java.util.function.LongSupplier s = System::currentTimeMillis; }",
        "package dev.dunlin.bridge; class A { Object a() { return java.time.Instant.now(); } }");
    wall(
        "threads are made, and sleep, in scheduler",
        calledOnlyIn(
            SCHEDULER,
            "make a thread or sleep",
            access ->
                is(access, Thread.class, "<init>", "sleep", "ofVirtual", "ofPlatform")
                    || access.getTargetOwner().isEquivalentTo(Executors.class)
                    || is(access, Timer.class, "<init>")),
        "package dev.dunlin.shell.app; class A { void a() { new Thread(() -> {}); } }",
        "package dev.dunlin.shell.app; class A extends Thread {}",
        "package dev.dunlin.bridge; class A { void a() throws Exception { Thread.sleep(1); } }",
        "package dev.dunlin.bridge; class A { Object a() { return java.util.concurrent.Executors.newCachedThreadPool(); } }");
    wall(
        "randomness comes from scheduler",
        calledOnlyIn(
            SCHEDULER,
            "make random numbers",
            access ->
                access.getTargetOwner().isAssignableTo(RandomGenerator.class)
                        && access.getTarget().getName().equals("<init>")
                    || is(access, SecureRandom.class, "getInstance", "getInstanceStrong")
                    || is(access, ThreadLocalRandom.class, "current")
                    || is(access, Math.class, "random")
                    || is(access, UUID.class, "randomUUID")),
        "package dev.dunlin.bridge; class A { Object a() { return new java.util.Random(7); } }",
        "package dev.dunlin.bridge; class A { java.util.function.Supplier<Object> s = java.security.SecureRandom::new; }",
        "package dev.dunlin.shell.app; class A { Object a() { return java.util.UUID.randomUUID(); } }");
    wall(
        "programs are started in scheduler.process",
        calledOnlyIn(
            PROCESS,
            "start a program",
            access ->
                access.getTargetOwner().isEquivalentTo(ProcessBuilder.class)
                    || is(access, Runtime.class, "exec")),
        "package dev.dunlin.scheduler; class A { Object a() { return new ProcessBuilder(\"ls\"); } }",
        "package dev.dunlin.shell.host; class A { void a() throws Exception { Runtime.getRuntime().exec(new String[] {\"ls\"}); } }");
    wall(
        "the process is ended by Main, and a relay without a shell by its own",
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(MAIN)
            .and()
            .doNotHaveFullyQualifiedName("dev.dunlin.net.headless.RelayMain")
            .should()
            .accessTargetWhere(
                DescribedPredicate.describe(
                    "end the process",
                    access ->
                        is(access, System.class, "exit")
                            || is(access, Runtime.class, "exit", "halt"))),
        "package dev.dunlin.shell.app; class A { void a() { System.exit(1); } }",
        "package dev.dunlin.bridge; class A { void a() { Runtime.getRuntime().halt(1); } }");
  }

  private static JavaClasses code;

  @TempDir private Path folder;

  @BeforeAll
  static void readTheCode() {
    code =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.dunlin");
  }

  static Set<String> walls() {
    return WALLS.keySet();
  }

  @Test
  void seesEveryModuleAndNoTest() {
    Set<String> modules =
        code.stream()
            .map(type -> type.getPackageName().split("\\.")[2])
            .collect(Collectors.toSet());
    assertTrue(
        modules.containsAll(Set.of("scheduler", "bridge", "net", "bt", "shell")),
        modules.toString());
    assertFalse(code.contain(ArchitectureTest.class));
  }

  @ParameterizedTest
  @MethodSource("walls")
  void theCodeHoldsTheWall(String wall) {
    WALLS.get(wall).rule().check(code);
  }

  @ParameterizedTest
  @MethodSource("walls")
  void theWallStopsWhoClimbsIt(String wall) throws IOException {
    List<String> breaches = WALLS.get(wall).breaches();
    assertFalse(breaches.isEmpty());
    for (int i = 0; i < breaches.size(); i++) {
      JavaClasses breach = compile(folder.resolve("breach" + i), breaches.get(i));
      assertTrue(
          WALLS.get(wall).rule().evaluate(breach).hasViolation(),
          "this should break the rule: " + breaches.get(i));
    }
  }

  // --- rules

  private static void wall(String name, ArchRule rule, String... breaches) {
    WALLS.put(name, new Wall(rule.as(name), List.of(breaches)));
  }

  private static ArchRule standsOn(String module, String... others) {
    List<String> allowed = new ArrayList<>(JDK);
    allowed.add(module);
    allowed.addAll(List.of(others));
    return classes()
        .that()
        .resideInAPackage(module)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new));
  }

  private static ArchRule onlyIn(List<String> homes, String... packages) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            Stream.concat(homes.stream(), Arrays.stream(packages)).toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages);
  }

  private static ArchRule calledOnlyIn(
      String home, String what, java.util.function.Predicate<JavaAccess<?>> call) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .accessTargetWhere(DescribedPredicate.describe(what, call));
  }

  /** Each package is a slice; Main and Relaunch stand above them, in the package of the module. */
  private static SliceAssignment packages() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        boolean entry = type.getName().matches("dev\\.dunlin\\.shell\\.(Main|Relaunch)(\\$.*)?");
        return entry || !in(type, "dev.dunlin")
            ? SliceIdentifier.ignore()
            : SliceIdentifier.of(type.getPackageName());
      }

      @Override
      public String getDescription() {
        return "packages of dev.dunlin";
      }
    };
  }

  private static boolean in(JavaClass type, String name) {
    return (type.getPackageName() + ".").startsWith(name + ".");
  }

  private static boolean is(JavaAccess<?> access, Class<?> owner, String... names) {
    return access.getTargetOwner().isEquivalentTo(owner)
        && List.of(names).contains(access.getTarget().getName());
  }

  // --- programs

  private static final Pattern NAME =
      Pattern.compile("package ([a-z.]+);.*?\\b(?:class) (\\w+)", Pattern.DOTALL);

  /** Compiles a program of one or more files, each of which begins with its package. */
  private static JavaClasses compile(Path folder, String program) throws IOException {
    Files.createDirectories(folder);
    List<String> words =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-d",
                folder.toString(),
                "-cp",
                System.getProperty("java.class.path")));
    for (String source : program.split("\n(?=package )")) {
      Matcher name = NAME.matcher(source);
      assertTrue(name.find(), source);
      Path file = Files.createDirectories(folder.resolve("src-" + name.group(1)));
      words.add(Files.writeString(file.resolve(name.group(2) + ".java"), source).toString());
    }
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(String[]::new)),
        program);
    return new ClassFileImporter().importPath(folder);
  }
}
