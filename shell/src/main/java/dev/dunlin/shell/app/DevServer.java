package dev.dunlin.shell.app;

import dev.dunlin.bridge.child.UserEnvironment;
import dev.dunlin.bridge.console.ConsoleModule;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.Os;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The app's dev server, {@code [webview] dev_command}: a child that ends with us, however we end.
 *
 * <p>It listens on 127.0.0.1 at a port of its choice and says so on its standard output, {@code
 * dunlin-dev {"port":5173}}: what comes through that pipe is from the child and from nobody who was
 * quicker at the port. It answers only requests with {@link #TOKEN_HEADER}. In its environment:
 * {@code DUNLIN_DEV_TOKEN}, the value of that header; {@code DUNLIN_DEV_NONCE}, for the scripts and
 * styles that it puts into pages. The plugin {@code @dunlin/api/vite} does all that.
 */
final class DevServer {
  /** Header with the secret that only the child and we know. */
  static final String TOKEN_HEADER = "x-dunlin-token";

  /** Flat name of the setting. */
  static final String KEY = "webview_dev_command";

  /** Longest wait for its port. Over: the run fails, in words. */
  static final Duration READY_TIME = Duration.ofSeconds(60);

  /** Longest line of its output that is shown; more is cut. */
  private static final int LINE_BYTES = 64 << 10;

  private static final Pattern READY =
      Pattern.compile("dunlin-dev \\{\"port\":([1-9][0-9]{0,4})}\\s*");

  private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

  private final ChildProcess child;
  private final int port;
  private final String token;
  private final String nonce;

  private DevServer(ChildProcess child, int port, String token, String nonce) {
    this.child = child;
    this.port = port;
    this.token = token;
    this.nonce = nonce;
  }

  /** True when the app has one. */
  static boolean isIn(AppConfig config) {
    return !config.values().getOrDefault(KEY, "").isBlank();
  }

  /**
   * Starts it and waits until it listens. Blocks.
   *
   * @throws HostException if it ends before, or says nothing for {@link #READY_TIME}
   */
  static DevServer start(AppConfig config, RandomSource random, Console console) {
    List<String> argv = argv(config);
    NpmSetup.prepare(config.directory(), console::say);
    String token = random.hex128();
    String nonce = random.hex128();
    CompletableFuture<Integer> port = new CompletableFuture<>();
    try {
      ChildProcess child =
          ProcessStarter.get()
              .start(spec(argv, config.directory(), token, nonce))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      ChildProcess.readLines(
          "dev-server-out",
          child.stdout(),
          LINE_BYTES,
          line -> {
            String text = plain(line.text());
            Optional<Integer> ready = port(text);
            ready.ifPresent(port::complete);
            if (ready.isEmpty()) {
              console.print(ConsoleModule.Level.STDOUT, text + "\n");
            }
          });
      ChildProcess.readLines(
          "dev-server-err",
          child.stderr(),
          LINE_BYTES,
          line -> console.print(ConsoleModule.Level.STDERR, plain(line.text()) + "\n"));
      child
          .exit()
          .onComplete(
              code ->
                  port.completeExceptionally(
                      new HostException(
                          "the dev server ("
                              + String.join(" ", argv)
                              + ") ended with code "
                              + code.result()
                              + " before it was ready; its words are above")));
      try {
        return new DevServer(
            child, port.get(READY_TIME.toMillis(), TimeUnit.MILLISECONDS), token, nonce);
      } catch (TimeoutException e) {
        child.killTree();
        throw new HostException(
            "the dev server ("
                + String.join(" ", argv)
                + ") did not say within "
                + READY_TIME.toSeconds()
                + " s that it listens. Add dunlin() of '@dunlin/api/vite' to the plugins of its"
                + " vite.config; another server prints dunlin-dev {\"port\":N}, see"
                + " docs/dev-loop.md.",
            e);
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HostException said) {
        throw said;
      }
      throw new HostException("the dev server failed: " + e.getCause().getMessage(), e);
    } catch (CompletionException e) {
      throw new HostException(
          "the dev server can't be started: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostException("interrupted while the dev server started", e);
    }
  }

  /** Without the colours that some compilers give even to a pipe. */
  private static String plain(String line) {
    return COLOUR.matcher(line).replaceAll("");
  }

  /** The port that a line tells. */
  static Optional<Integer> port(String line) {
    Matcher m = READY.matcher(line);
    return m.matches()
        ? Optional.of(Integer.parseInt(m.group(1))).filter(port -> port <= 65_535)
        : Optional.empty();
  }

  private static List<String> argv(AppConfig config) {
    try {
      return BackEndCommand.words(config.values().get(KEY));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          config.directory().resolve(AppConfig.FILE),
          0,
          AppConfig.written(KEY),
          e.getMessage(),
          "Write, for example, dev_command = vite.");
    }
  }

  /** As npm runs scripts: what the app's packages have to run is found by its name. */
  private static ProcessSpec spec(List<String> argv, Path folder, String token, String nonce) {
    Path programs = folder.resolve("node_modules").resolve(".bin");
    List<String> words = new ArrayList<>(argv);
    Path own = programs.resolve(argv.get(0) + (Os.here() == Os.WINDOWS ? ".cmd" : ""));
    if (!argv.get(0).contains("/") && Files.isRegularFile(own)) {
      words.set(0, own.toString());
    }
    Map<String, String> environment = new HashMap<>(UserEnvironment.get());
    environment.put("PATH", programs + File.pathSeparator + environment.getOrDefault("PATH", ""));
    environment.put("DUNLIN_DEV_TOKEN", token);
    environment.put("DUNLIN_DEV_NONCE", nonce);
    return ProcessSpec.of(words.toArray(String[]::new))
        .withEnvironment(environment)
        .withDirectory(folder)
        .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.PIPE)
        .withParentDeath(ParentDeath.DIE_WITH_GROUP);
  }

  int port() {
    return port;
  }

  String token() {
    return token;
  }

  String policy(String policy) {
    return DevPolicy.of(policy, port, nonce);
  }

  /** Calls back if it ends before us. */
  void onEnd(java.util.function.IntConsumer told) {
    child.exit().onSuccess(told::accept);
  }

  void close() {
    child.killTree();
    child.endGroup();
  }
}
