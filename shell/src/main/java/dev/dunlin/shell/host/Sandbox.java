package dev.dunlin.shell.host;

import dev.dunlin.scheduler.process.BoundedLines;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The sandbox of Chromium's helper processes: bubblewrap with namespaces of their own, a root that
 * has little in it, no capabilities, and a filter of system calls.
 *
 * <p>JCEF turns Chromium's own sandbox off in native code. So Chromium is told to start its helpers
 * by a script of ours, made for one run, which becomes bubblewrap, which becomes the helper. The
 * zygote is boxed and not each renderer: what it forks shares its memory and its box. Linux only.
 */
public final class Sandbox {
  /** Longest wait for an empty box; beyond it there is no sandbox. */
  static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);

  /** Longest line of bubblewrap's that is quoted; the rest is cut. */
  private static final int MAX_LINE_BYTES = 1_000;

  /** Where the engine is in a box, so that no path of a home is seen. */
  private static final String ENGINE = "/run/engine";

  /** Of the environment, what a box is told; there may be secrets in it. */
  private static final List<String> KEPT =
      List.of(
          "LANG",
          "LANGUAGE",
          "LC_ALL",
          "LC_CTYPE",
          "LC_COLLATE",
          "LC_NUMERIC",
          "LC_TIME",
          "TZ",
          "HOME",
          "XDG_DATA_HOME",
          "XDG_DATA_DIRS",
          "XDG_CONFIG_HOME",
          "XDG_CACHE_HOME",
          "FONTCONFIG_FILE",
          "FONTCONFIG_PATH");

  /** How variables begin by which graphics drivers are told. */
  private static final List<String> DRIVERS =
      List.of("MESA", "LIBGL", "GALLIUM", "VK_", "EGL_", "DRI_", "__GL", "__EGL", "__NV", "__VK");

  /** What every box sees of the system, to read. No programs. */
  private static final List<String> SYSTEM =
      List.of(
          "/usr/lib",
          "/usr/lib32",
          "/usr/lib64",
          "/usr/libx32",
          "/usr/local/lib",
          "/usr/share/fonts",
          "/usr/local/share/fonts",
          "/usr/share/fontconfig",
          "/usr/share/zoneinfo",
          "/usr/share/icu",
          "/usr/share/glvnd",
          "/nix/store",
          "/etc/fonts",
          "/etc/alternatives",
          "/etc/ld.so.cache",
          "/var/cache/fontconfig",
          "/sys/devices/system/cpu");

  private static final List<String> LIBRARY_FOLDERS = List.of("/lib", "/lib32", "/lib64");

  /** Root's, and hidden from the network service of an app that root starts. */
  private static final List<String> HIDDEN_FILES =
      List.of("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-");

  private static final List<String> HIDDEN_FOLDERS =
      List.of("/etc/ssh", "/etc/ssl/private", "/etc/sudoers.d");

  /** By which names are looked up at the time, when the machine has gone to another network. */
  private static final List<String> RESOLVERS =
      List.of("/run/systemd/resolve", "/run/NetworkManager", "/run/resolvconf", "/run/connman");

  /** Settings and sockets of the servers of sound. */
  private static final List<String> SOUND =
      List.of(
          "/usr/share/alsa",
          "/usr/share/pipewire",
          "/etc/alsa",
          "/etc/asound.conf",
          "/etc/machine-id",
          "/etc/pipewire",
          "/etc/pulse",
          "/run/pulse");

  /** People's and services' folders: what a graphics driver does not need. */
  private static final List<String> NOT_FOR_DRIVERS =
      List.of("/home", "/root", "/mnt", "/media", "/srv", "/var", "/opt", "/run", "/tmp");

  private static final Path SYSTEM_SETTINGS = Path.of("/proc/sys");
  private static final String APPARMOR = "kernel/apparmor_restrict_unprivileged_userns";
  private static final String CLONE = "kernel/unprivileged_userns_clone";
  private static final String NAMESPACES = "user/max_user_namespaces";

  private final Optional<Path> helper;
  private final String detail;
  private final String cure;

  private Sandbox(Optional<Path> helper, String detail, String cure) {
    this.helper = helper;
    this.detail = detail;
    this.cure = cure;
  }

  /** Whether helpers run in it. */
  public boolean isThere() {
    return helper.isPresent();
  }

  /** What Chromium starts in place of its helper. */
  public Optional<Path> helper() {
    return helper;
  }

  /** What there is, or why there is none. */
  public String detail() {
    return detail;
  }

  /** What to do so that there is one. */
  public String cure() {
    return cure;
  }

  /** That there is none. */
  public static Sandbox none(String why, String cure) {
    return new Sandbox(Optional.empty(), why, cure);
  }

  /**
   * Makes the files of a sandbox and tries an empty one. Blocks for some 15 milliseconds.
   *
   * <p>In each start: Chromium ends the process (SIGTRAP) when its zygote or its graphics process
   * can't be started, so that it is too late to find out then.
   *
   * @param engine folder with libcef; need not exist for the trial
   * @param temp private folder for the files; programs must be allowed to run there
   * @param environment ours
   */
  public static Sandbox prepare(Path engine, Path temp, Map<String, String> environment) {
    if (Os.here() != Os.LINUX) {
      return none("there is none for " + Os.here() + " yet", "run only apps whose pages you trust");
    }
    Optional<Path> bwrap = ProcessStarter.find("bwrap");
    if (bwrap.isEmpty()) {
      return none(
          "bubblewrap is not installed",
          "install it (Debian, Ubuntu: apt-get install -y bubblewrap)");
    }
    SystemCallFilter.Machine machine = SystemCallFilter.Machine.of(System.getProperty("os.arch"));
    Path script = temp.resolve("sandbox");
    try {
      Files.write(temp.resolve("filter-strict"), SystemCallFilter.strict(machine));
      Files.write(temp.resolve("filter-network"), SystemCallFilter.loose(machine, true));
      Files.write(temp.resolve("filter-display"), SystemCallFilter.loose(machine, false));
      Files.writeString(
          script, script(bwrap.get(), engine, temp, ProcessHandle.current().pid(), environment));
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("r-x------"));
    } catch (IOException e) {
      return none("its files can't be written: " + e.getMessage(), "make " + temp + " writable");
    }
    return probe(script)
        .map(fault -> none(fault, cure(fault, SYSTEM_SETTINGS)))
        .orElseGet(
            () ->
                new Sandbox(
                    Optional.of(script),
                    "bubblewrap: own namespaces, no capabilities, a filter of system calls",
                    ""));
  }

  /** What is wrong with an empty box; nothing when it opens. */
  private static Optional<String> probe(Path script) {
    try {
      ChildProcess child =
          ProcessStarter.get()
              .start(
                  ProcessSpec.of(script.toString(), "--type=probe")
                      .withStdio(Stdio.NULL, Stdio.NULL, Stdio.PIPE))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      int exit;
      try {
        exit =
            child
                .exit()
                .toCompletionStage()
                .toCompletableFuture()
                .get(PROBE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        child.killTree();
        return Optional.of("no answer within " + PROBE_TIMEOUT.toSeconds() + " s");
      }
      List<String> said = new ArrayList<>();
      try (BoundedLines lines = new BoundedLines(child.stderr(), MAX_LINE_BYTES)) {
        lines.forEach(line -> said.add(line.text()));
      }
      return exit == 0
          ? Optional.empty()
          : Optional.of(said.isEmpty() ? "bubblewrap ends with " + exit : String.join(" ", said));
    } catch (CompletionException | ExecutionException e) {
      return Optional.of(String.valueOf(e.getCause().getMessage()));
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /** The settings of the kernel tell which of its refusals it was. */
  static String cure(String fault, Path settings) {
    if (is(settings.resolve(APPARMOR), "1")) {
      return "install the app's package, which has an AppArmor profile for it, or: sysctl"
          + " kernel.apparmor_restrict_unprivileged_userns=0";
    }
    if (is(settings.resolve(CLONE), "0")) {
      return "sysctl kernel.unprivileged_userns_clone=1";
    }
    if (is(settings.resolve(NAMESPACES), "0")) {
      return "sysctl user.max_user_namespaces=15000";
    }
    if (fault.contains("sandbox") && fault.contains("error=13")) {
      return "set XDG_RUNTIME_DIR to a folder of yours where programs may run";
    }
    if (fault.contains("Unknown option")) {
      return "install bubblewrap 0.5 or later";
    }
    return "allow this user to make user namespaces; in a container, start it with a seccomp profile"
        + " that allows unshare and mount";
  }

  private static boolean is(Path setting, String value) {
    try {
      return Files.readString(setting).strip().equals(value);
    } catch (IOException e) {
      // This kernel has no such setting.
      return false;
    }
  }

  // ---- the script

  /** What Chromium starts: it finds out what is started, and becomes bubblewrap with its box. */
  static String script(
      Path bwrap, Path engine, Path temp, long parent, Map<String, String> environment) {
    // Once each, in the shell's words: they are most of every box, and this is on the way of a
    // start.
    String root = words(smallRoot(engine));
    String fonts = words(fonts(environment));
    String network = words(networkFiles(environment));
    String told = words(environment(environment));
    List<String> drivers = new ArrayList<>();
    for (String start : DRIVERS) {
      pass(start, environment, drivers);
    }
    boolean remote = environment.getOrDefault("PULSE_SERVER", "").contains("tcp");
    String begin =
        "() { exec " + quote(bwrap.toString()) + " " + words(COMMON) + " --seccomp \"$fd\" ";
    String end = " \"$@\"; }\n";
    return "#!/bin/sh\n"
        + ("temp=" + quote(temp.toString()) + "\n")
        + ("schemes=" + quote("jcef-p" + parent + "_scheme.tmp") + "\n")
        + ("engine=" + ENGINE + "\n")
        // Functions that become bubblewrap; they take further words of its.
        + ("strict" + begin + NO_NETWORK + NO_IPC + root + fonts + told + end)
        + ("network" + begin + NO_IPC + root + network + told + end)
        + ("display" + begin + root + fonts + told + end)
        + ("hardware" + begin + words(rootForDrivers(engine)) + fonts + told + words(drivers) + end)
        + ("sounds=" + (remote ? "network" : "display") + "\n")
        + ("sound" + begin + (remote ? "" : NO_NETWORK) + root + words(soundFiles(environment)))
        + (told + words(soundVariables(environment)) + end)
        + ("camera" + begin + NO_NETWORK + NO_IPC + root + words(CAMERA) + told + end)
        + ("printing" + begin + NO_IPC + root + network + words(printingFiles(environment)))
        + (told + words(printingVariables(environment)) + end)
        + SCRIPT;
  }

  /**
   * Helpers are the first process of their box: when it ends, the kernel ends all that is in it.
   * Their parent has the number 0 there, which is in the name of the list of schemes.
   */
  private static final List<String> COMMON =
      List.of(
          "--unshare-user",
          "--unshare-pid",
          "--as-pid-1",
          "--unshare-uts",
          "--unshare-cgroup-try",
          "--cap-drop",
          "ALL",
          "--new-session",
          "--chdir",
          "/",
          "--clearenv");

  private static final String NO_NETWORK = words(List.of("--unshare-net"));
  private static final String NO_IPC = words(List.of("--unshare-ipc"));

  private static final List<String> CAMERA =
      List.of(
          "--ro-bind-try",
          "/sys/class/video4linux",
          "/sys/class/video4linux",
          "--ro-bind-try",
          "/sys/devices",
          "/sys/devices",
          "--ro-bind-try",
          "/run/udev",
          "/run/udev");

  private static final String SCRIPT =
      """
      # Made by Dunlin for one run: starts a helper process of Chromium in its box.
      type= service= profile= software=no
      for word; do
        case $word in
          --type=*) type=${word#*=} ;;
          --utility-sub-type=*) service=${word#*=} ;;
          --user-data-dir=*) profile=${word#*=} ;;
          --use-gl=disabled) software=yes ;;
        esac
      done

      # What is not named has the box of renderers.
      case $type:$service in
        utility:network.mojom.NetworkService) box=network filter=network ;;
        utility:audio.mojom.AudioService) box=sound filter=$sounds ;;
        utility:video_capture.mojom.VideoCaptureService) box=camera filter=display ;;
        utility:printing.mojom.PrintBackendService) box=printing filter=network ;;
        gpu-process:*) box=display filter=display ;;
        *) box=strict filter=strict ;;
      esac

      # A number for the filter's file that Chromium does not use; the shell knows those of one digit.
      fd=9
      while [ -e "/proc/self/fd/$fd" ]; do fd=$((fd - 1)); done
      [ "$fd" -gt 2 ] || exit 125
      eval "exec $fd<\\"\\$temp/filter-$filter\\""

      [ "$type" != probe ] || strict --ro-bind /bin/sh /run/probe --remount-ro / -- /run/probe -c :

      for word; do
        shift
        case $word in
          --resources-dir-path=*) word=--resources-dir-path=$engine ;;
          --locales-dir-path=*) word=--locales-dir-path=$engine/locales ;;
        esac
        set -- "$@" "$word"
      done
      set -- --ro-bind "$temp/$schemes" /tmp/jcef-p0_scheme.tmp --remount-ro / -- "$engine/jcef_helper" "$@"
      # The kernel takes the end of the thread that started a process for the end of its parent, and AWT's, which starts the zygote, may
      # end at any time. The zygote ends when the other end of its socket is closed, and all others in its box with it.
      [ "$type" = zygote ] || set -- --die-with-parent "$@"
      case $box in
        strict) strict "$@" ;;
        network) network --bind "$profile" "$profile" "$@" ;;
        sound) sound "$@" ;;
        printing) printing "$@" ;;
        camera)
          for device in /dev/video* /dev/media*; do
            [ ! -e "$device" ] || set -- --dev-bind "$device" "$device" "$@"
          done
          camera "$@" ;;
      esac

      # Shared memory with the X server is System V's, so there is no IPC namespace. A server on another machine needs the network.
      set -- --ro-bind-try "${XAUTHORITY:-${HOME-}/.Xauthority}" /tmp/.Xauthority --setenv XAUTHORITY /tmp/.Xauthority \\
        --setenv DISPLAY "$DISPLAY" "$@"
      number=${DISPLAY#*:}
      socket=/tmp/.X11-unix/X${number%%.*}
      case $DISPLAY in
        :* | unix:*) [ ! -S "$socket" ] || set -- --unshare-net --ro-bind "$socket" "$socket" "$@" ;;
      esac
      [ "$software" = no ] || display "$@"
      for device in /dev/dri /dev/nvidia*; do
        [ ! -e "$device" ] || set -- --dev-bind "$device" "$device" "$@"
      done
      hardware "$@"
      """;

  private static List<String> smallRoot(Path engine) {
    List<String> words = new ArrayList<>();
    for (String path : SYSTEM) {
      words.addAll(List.of("--ro-bind-try", path, path));
    }
    for (String folder : LIBRARY_FOLDERS) {
      if (Files.isSymbolicLink(Path.of(folder))) {
        words.addAll(List.of("--symlink", "usr" + folder, folder));
      } else {
        words.addAll(List.of("--ro-bind-try", folder, folder));
      }
    }
    Path zone = Path.of("/etc/localtime");
    try {
      // Of a link, the name tells the zone; of a file, all zones would be compared with it.
      words.addAll(
          Files.isSymbolicLink(zone)
              ? List.of("--symlink", Files.readSymbolicLink(zone).toString(), zone.toString())
              : List.of("--ro-bind-try", zone.toString(), zone.toString()));
    } catch (IOException e) {
      // It has gone meanwhile: the zone is UTC then, as it is outside.
    }
    for (String device : List.of("null", "zero", "full", "random", "urandom")) {
      words.addAll(List.of("--dev-bind", "/dev/" + device, "/dev/" + device));
    }
    words.addAll(List.of("--tmpfs", "/dev/shm", "--tmpfs", "/tmp"));
    words.addAll(engine(engine));
    // There is no /proc, which tells of other processes and is a way into them. Chromium insists on
    // its own name, and on a process that forks having one thread.
    words.addAll(
        List.of(
            "--symlink",
            ENGINE + "/jcef_helper",
            "/proc/self/exe",
            "--dir",
            "/proc/self/task/1",
            "--dir",
            "/proc/self/fd"));
    return words;
  }

  /** All of the system's files, as a driver may be anywhere, and nobody's own. */
  private static List<String> rootForDrivers(Path engine) {
    List<String> words = new ArrayList<>(List.of("--ro-bind", "/", "/", "--dev", "/dev"));
    for (String folder : NOT_FOR_DRIVERS) {
      if (Files.isDirectory(Path.of(folder))) {
        words.addAll(List.of("--tmpfs", folder));
      }
    }
    words.addAll(List.of("--proc", "/proc"));
    words.addAll(engine(engine));
    return words;
  }

  /** Without {@code /proc}, a library beside the program is not found by itself. */
  private static List<String> engine(Path engine) {
    return List.of(
        "--ro-bind",
        engine.toString(),
        ENGINE,
        "--setenv",
        "LD_LIBRARY_PATH",
        ENGINE,
        "--setenv",
        "TMPDIR",
        "/tmp/",
        // Chromium ends itself where it can't make this folder.
        "--setenv",
        "CHROME_CONFIG_HOME",
        "/tmp");
  }

  /** The person's fonts, and what fontconfig remembers of them. */
  private static List<String> fonts(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "/nonexistent");
    List<String> words = new ArrayList<>();
    for (String folder :
        List.of(
            home + "/.fonts",
            environment.getOrDefault("XDG_DATA_HOME", home + "/.local/share") + "/fonts",
            environment.getOrDefault("XDG_CACHE_HOME", home + "/.cache") + "/fontconfig",
            environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config") + "/fontconfig")) {
      words.addAll(List.of("--ro-bind-try", folder, folder));
    }
    return words;
  }

  private static List<String> networkFiles(Map<String, String> environment) {
    List<String> words = new ArrayList<>(List.of("--ro-bind", "/etc", "/etc"));
    for (String file : HIDDEN_FILES) {
      if (Files.exists(Path.of(file))) {
        words.addAll(List.of("--ro-bind", "/dev/null", file));
      }
    }
    for (String folder : HIDDEN_FOLDERS) {
      if (Files.isDirectory(Path.of(folder))) {
        words.addAll(List.of("--tmpfs", folder));
      }
    }
    List<String> seen = new ArrayList<>(RESOLVERS);
    seen.add("/usr/share/ca-certificates");
    // Authorities that the person trusts.
    seen.add(environment.getOrDefault("HOME", "/nonexistent") + "/.pki/nssdb");
    for (String path : seen) {
      words.addAll(List.of("--ro-bind-try", path, path));
    }
    return words;
  }

  /**
   * The servers of sound, and the devices where there is none: who plays through those shares
   * System V's memory with others.
   */
  private static List<String> soundFiles(Map<String, String> environment) {
    List<String> words = new ArrayList<>(List.of("--dev-bind-try", "/dev/snd", "/dev/snd"));
    String home = environment.getOrDefault("HOME", "/nonexistent");
    String config = environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config");
    List<String> seen = new ArrayList<>(SOUND);
    seen.addAll(
        List.of(home + "/.asoundrc", config + "/alsa", config + "/pulse", home + "/.pulse-cookie"));
    String run = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!run.isEmpty()) {
      seen.addAll(List.of(run + "/pulse", run + "/pipewire-0"));
    }
    for (String name : List.of("PULSE_RUNTIME_PATH", "PULSE_COOKIE", "PULSE_CLIENTCONFIG")) {
      seen.add(environment.getOrDefault(name, ""));
    }
    // Such as unix:/run/user/1000/pulse/native, and several of these.
    for (String server : environment.getOrDefault("PULSE_SERVER", "").split(" ")) {
      seen.add(server.substring(Math.max(0, server.indexOf('/'))));
    }
    for (String path : seen) {
      if (path.startsWith("/")) {
        words.addAll(List.of("--ro-bind-try", path, path));
      }
    }
    return words;
  }

  private static List<String> soundVariables(Map<String, String> environment) {
    List<String> words = new ArrayList<>();
    for (String name : List.of("XDG_RUNTIME_DIR", "PULSE_", "ALSA_", "PIPEWIRE_")) {
      pass(name, environment, words);
    }
    return words;
  }

  /** CUPS, which may be on another machine. */
  private static List<String> printingFiles(Map<String, String> environment) {
    List<String> words = new ArrayList<>();
    String home = environment.getOrDefault("HOME", "/nonexistent");
    for (String path : List.of("/run/cups", "/run/avahi-daemon", home + "/.cups")) {
      words.addAll(List.of("--ro-bind-try", path, path));
    }
    return words;
  }

  private static List<String> printingVariables(Map<String, String> environment) {
    List<String> words = new ArrayList<>();
    pass("CUPS_", environment, words);
    return words;
  }

  /** Tells a box the variables whose names begin so. */
  private static void pass(String start, Map<String, String> environment, List<String> words) {
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (variable.getKey().startsWith(start)) {
        words.addAll(List.of("--setenv", variable.getKey(), variable.getValue()));
      }
    }
  }

  private static List<String> environment(Map<String, String> environment) {
    List<String> words = new ArrayList<>();
    // What Chromium would add by itself: to a process whose environment has changed it can give no
    // new title, and a renderer would be listed as a zygote.
    for (Map.Entry<String, String> variable : NativeProcess.CHROMIUMS.entrySet()) {
      words.addAll(List.of("--setenv", variable.getKey(), variable.getValue()));
    }
    for (String name : KEPT) {
      if (environment.containsKey(name)) {
        words.addAll(List.of("--setenv", name, environment.get(name)));
      }
    }
    return words;
  }

  private static String words(List<String> words) {
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      line.append(quote(word)).append(' ');
    }
    return line.toString();
  }

  private static String quote(String word) {
    // Hardly any has one, and a replacement is made of some hundred words here.
    return "'" + (word.indexOf('\'') < 0 ? word : word.replace("'", "'\\''")) + "'";
  }
}
