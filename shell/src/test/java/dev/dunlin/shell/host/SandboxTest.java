package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class SandboxTest {
  @TempDir Path folder;
  private Path temp;
  private Path engine;
  private Path script;

  /** The script, with programs that print their words in place of bubblewrap and the helper. */
  @BeforeEach
  void makeFolders() throws IOException {
    temp = Files.createDirectory(folder.resolve("it's a $HOME"));
    engine = Files.createDirectory(folder.resolve("the engine"));
    program(folder.resolve("b wrap"), "echo bwrap; printf '%s\\n' \"$@\"");
    program(engine.resolve("jcef_helper"), "echo helper; printf '%s\\n' \"$@\"");
    for (String box : List.of("strict", "network", "display")) {
      Files.writeString(temp.resolve("filter-" + box), "the filter " + box);
    }
    script = temp.resolve("sandbox");
    writeTheScript("{1}unix:/s/native");
  }

  private void writeTheScript(String soundServer) throws IOException {
    Path bwrap = folder.resolve("b wrap");
    program(
        script,
        Sandbox.script(
            bwrap,
            engine,
            temp,
            4711,
            Map.of(
                "HOME",
                "/home/u 1",
                "LANG",
                "de_DE",
                "AWS_SECRET",
                "s3cret",
                "MESA_X",
                "1",
                "XDG_RUNTIME_DIR",
                "/run/u 1",
                "PULSE_SERVER",
                soundServer,
                "CUPS_SERVER",
                "c")));
  }

  private static Path program(Path file, String text) throws IOException {
    Files.writeString(file, text.startsWith("#!") ? text : "#!/bin/sh\n" + text + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private List<String> start(String... words) throws IOException {
    List<String> argv = new ArrayList<>(List.of(script.toString()));
    argv.addAll(List.of(words));
    return run(Map.of("PATH", "/usr/bin:/bin", "DISPLAY", ":4711.0"), argv);
  }

  private static List<String> run(Map<String, String> environment, List<String> argv)
      throws IOException {
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(argv.toArray(String[]::new))
                    .withEnvironment(environment)
                    .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.PIPE))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    String out = new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("", new String(child.stderr().readAllBytes(), StandardCharsets.UTF_8));
    return out.lines().toList();
  }

  private static boolean has(List<String> words, String... wanted) {
    return java.util.Collections.indexOfSubList(words, List.of(wanted)) >= 0;
  }

  @Test
  void tellsChromiumsVariablesInTheSameOrderInEachStart() throws IOException {
    // A map of constants has another order in each process: a box that had opened was never known.
    List<String> told =
        Files.readAllLines(script).stream()
            .filter(line -> line.startsWith("strict() "))
            .flatMap(line -> Pattern.compile("'--setenv' '(\\w+)'").matcher(line).results())
            .map(variable -> variable.group(1))
            .filter(NativeProcess.CHROMIUMS::containsKey)
            .toList();
    assertEquals(NativeProcess.CHROMIUMS.keySet().stream().sorted().toList(), told);
  }

  @Test
  void boxesTheZygoteWithoutNetworkAndTellsItWhereTheEngineIs() throws IOException {
    List<String> words =
        start(
            "--type=zygote", "--resources-dir-path=/x y", "--locales-dir-path=/x y/l", "a 'b' $c");
    assertEquals("bwrap", words.get(0));
    for (String wanted :
        List.of(
            "--unshare-user",
            "--unshare-pid",
            "--unshare-uts",
            "--unshare-ipc",
            "--unshare-net",
            "--new-session",
            "--clearenv")) {
      assertTrue(words.contains(wanted), wanted);
    }
    assertTrue(has(words, "--cap-drop", "ALL"), words::toString);
    assertTrue(has(words, "--seccomp", "9"), words::toString);
    assertTrue(has(words, "--ro-bind", engine.toString(), "/run/engine"), words::toString);
    assertTrue(
        has(words, "--ro-bind", temp + "/jcef-p4711_scheme.tmp", "/tmp/jcef-p0_scheme.tmp"),
        words::toString);
    assertEquals(
        List.of(
            "--remount-ro",
            "/",
            "--",
            "/run/engine/jcef_helper",
            "--type=zygote",
            "--resources-dir-path=/run/engine",
            "--locales-dir-path=/run/engine/locales",
            "a 'b' $c"),
        words.subList(words.indexOf("--remount-ro"), words.size()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--type=renderer",
        "--type=of the next Chromium",
        "--type=utility --utility-sub-type=a.new.Service",
        "--type=utility",
        ""
      })
  void whatItDoesNotKnowHasTheBoxOfRenderers(String words) throws IOException {
    List<String> box = start("--type=zygote");
    List<String> other = start(words.split(" --")[0], "--" + words.replaceFirst(".* --", ""));
    int end = box.indexOf("--");
    List<String> same = new ArrayList<>(other.subList(0, other.indexOf("--")));
    // The zygote alone is started by a thread that may end before the app does.
    assertTrue(same.remove("--die-with-parent"));
    assertEquals(box.subList(0, end), same);
  }

  @Test
  void theNetworkServiceHasTheNetworkAndOfFilesItsProfile() throws IOException {
    List<String> words =
        start(
            "--type=utility",
            "--utility-sub-type=network.mojom.NetworkService",
            "--user-data-dir=/home/u 1/.cache/a b");
    assertFalse(words.contains("--unshare-net"));
    assertTrue(words.contains("--unshare-ipc"));
    assertTrue(
        has(words, "--bind", "/home/u 1/.cache/a b", "/home/u 1/.cache/a b"), words::toString);
    assertEquals(
        1,
        words.stream().filter(word -> word.equals("--bind") || word.equals("--bind-try")).count());
  }

  @Test
  void helpersDieWithTheRuntimeButTheZygoteNotWithTheThreadThatStartedIt() throws IOException {
    assertFalse(start("--type=zygote").contains("--die-with-parent"));
    for (String type : List.of("gpu-process", "renderer", "utility")) {
      assertTrue(start("--type=" + type).contains("--die-with-parent"), type);
    }
  }

  @Test
  void theGraphicsProcessHasTheDisplayAndTheDriversNeedMore() throws IOException {
    List<String> software = start("--type=gpu-process", "--use-gl=disabled");
    assertTrue(has(software, "--setenv", "DISPLAY", ":4711.0"), software::toString);
    // There is no such socket here, so the server may be reached by the network alone.
    assertFalse(software.contains("--unshare-net"));
    assertFalse(has(software, "--ro-bind", "/", "/"));
    assertFalse(software.contains("MESA_X"));
    List<String> hardware = start("--type=gpu-process");
    assertTrue(has(hardware, "--ro-bind", "/", "/"), hardware::toString);
    assertTrue(has(hardware, "--tmpfs", "/home"), hardware::toString);
    assertTrue(has(hardware, "--setenv", "MESA_X", "1"), hardware::toString);
  }

  @Test
  void soundHasItsServersAndDevicesAndTheNetworkOnlyWhereAServerIsThere() throws IOException {
    String[] service = {"--type=utility", "--utility-sub-type=audio.mojom.AudioService"};
    List<String> words = start(service);
    assertEquals("bwrap", words.get(0));
    assertTrue(words.contains("--unshare-net"), words::toString);
    assertTrue(has(words, "--dev-bind-try", "/dev/snd", "/dev/snd"), words::toString);
    assertTrue(has(words, "--ro-bind-try", "/run/u 1/pulse", "/run/u 1/pulse"), words::toString);
    assertTrue(has(words, "--ro-bind-try", "/s/native", "/s/native"), words::toString);
    assertTrue(has(words, "--setenv", "PULSE_SERVER", "{1}unix:/s/native"), words::toString);
    assertFalse(has(words, "--ro-bind", "/", "/"));
    writeTheScript("tcp:sound.example:4713");
    words = start(service);
    assertEquals("bwrap", words.get(0));
    assertFalse(words.contains("--unshare-net"));
  }

  @Test
  void camerasAndPrintersHaveABoxWithWhatTheyNeed() throws IOException {
    List<String> camera =
        start("--type=utility", "--utility-sub-type=video_capture.mojom.VideoCaptureService");
    assertEquals("bwrap", camera.get(0));
    assertTrue(camera.contains("--unshare-net"), camera::toString);
    assertTrue(
        has(camera, "--ro-bind-try", "/sys/class/video4linux", "/sys/class/video4linux"),
        camera::toString);
    List<String> printing =
        start("--type=utility", "--utility-sub-type=printing.mojom.PrintBackendService");
    assertEquals("bwrap", printing.get(0));
    assertTrue(has(printing, "--ro-bind-try", "/run/cups", "/run/cups"), printing::toString);
    assertTrue(has(printing, "--setenv", "CUPS_SERVER", "c"), printing::toString);
    for (List<String> box : List.of(camera, printing)) {
      assertFalse(box.contains("--bind"), box::toString);
      assertFalse(has(box, "--ro-bind", "/", "/"), box::toString);
    }
  }

  @Test
  void tellsABoxNothingOfTheEnvironmentButWhatItNeeds() throws IOException {
    for (String type : List.of("zygote", "gpu-process")) {
      List<String> words = start("--type=" + type);
      assertTrue(has(words, "--setenv", "LANG", "de_DE"), words::toString);
      assertFalse(String.join(" ", words).contains("s3cret"), words::toString);
    }
  }

  @Test
  void takesANumberForTheFilterThatChromiumDoesNotUse() throws IOException {
    List<String> words =
        run(
            Map.of("PATH", "/usr/bin:/bin"),
            List.of(
                "/bin/sh",
                "-c",
                "exec \"$0\" --type=zygote 9</dev/null 8</dev/null",
                script.toString()));
    assertTrue(has(words, "--seccomp", "7"), words::toString);
  }

  @Test
  void startsNothingWhenThereIsNoNumberLeft() throws IOException {
    String all = "3</dev/null 4</dev/null 5</dev/null 6</dev/null 7</dev/null 8</dev/null";
    assertEquals(
        List.of("125"),
        run(
            Map.of("PATH", "/usr/bin:/bin"),
            List.of(
                "/bin/sh",
                "-c",
                "\"$0\" --type=zygote " + all + " 9</dev/null; echo $?",
                script.toString())));
  }

  @Test
  void triesABoxBeforeItIsClaimed() throws IOException {
    assumeTrue(ProcessStarter.find("bwrap").isPresent(), "there is no bubblewrap");
    assumeTrue(userNamespaces(), "this user may make no user namespace");
    Sandbox sandbox = Sandbox.prepare(engine, temp, System.getenv(), Optional.empty());
    assertTrue(sandbox.isThere(), sandbox::detail);
    assertEquals(temp.resolve("sandbox"), sandbox.helper().get());
  }

  @Test
  void isNotTriedWhereOneHasJustWorked() throws IOException {
    assumeTrue(ProcessStarter.find("bwrap").isPresent(), "there is no bubblewrap");
    assumeTrue(userNamespaces(), "this user may make no user namespace");
    Optional<Path> notes = Optional.of(folder.resolve("notes"));
    Sandbox.prepare(engine, temp, System.getenv(), notes).worked();
    // An engine that is gone is the one thing here by which to see that none is tried.
    Files.delete(engine.resolve("jcef_helper"));
    Files.delete(engine);
    Path next = Files.createDirectory(folder.resolve("the next start"));
    assertTrue(Sandbox.prepare(engine, next, System.getenv(), notes).isThere());
    Path after = Files.createDirectory(folder.resolve("the one after"));
    Sandbox tried = Sandbox.prepare(engine, after, System.getenv(), notes);
    assertFalse(tried.isThere(), "nobody has said that the last one worked");
  }

  private static boolean userNamespaces() throws IOException {
    ChildProcess child =
        ProcessStarter.get()
            .start(ProcessSpec.of("unshare", "--user", "true"))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    return child.exit().toCompletionStage().toCompletableFuture().join() == 0;
  }

  @Test
  void claimsNoneWhenTheBoxDoesNotOpen() {
    assumeTrue(ProcessStarter.find("bwrap").isPresent(), "there is no bubblewrap");
    Sandbox sandbox =
        Sandbox.prepare(folder.resolve("no engine"), temp, System.getenv(), Optional.empty());
    assertFalse(sandbox.isThere());
    assertTrue(sandbox.detail().contains("no engine"), sandbox::detail);
    assertFalse(sandbox.cure().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "kernel/apparmor_restrict_unprivileged_userns, 1, kernel.apparmor_restrict_unprivileged_userns=0",
    "kernel/unprivileged_userns_clone, 0, kernel.unprivileged_userns_clone=1",
    "user/max_user_namespaces, 0, user.max_user_namespaces=15000"
  })
  void namesTheSettingThatRefusedIt(String setting, String value, String cure) throws IOException {
    String fault = "bwrap: setting up uid map: Permission denied";
    assertFalse(Sandbox.cure(fault, folder).contains(cure));
    Path file = folder.resolve(setting);
    Files.createDirectories(file.getParent());
    Files.writeString(file, value + "\n");
    assertTrue(Sandbox.cure(fault, folder).contains(cure), Sandbox.cure(fault, folder));
  }

  @Test
  void namesAnOldBubblewrapAndAFolderWithoutPrograms() {
    assertTrue(Sandbox.cure("bwrap: Unknown option --clearenv", folder).contains("0.5 or later"));
    assertTrue(
        Sandbox.cure("can't start '/tmp/sandbox': error=13, Permission denied", folder)
            .contains("XDG_RUNTIME_DIR"));
  }
}
