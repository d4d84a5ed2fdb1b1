package dev.dunlin.shell.app;

import dev.dunlin.bridge.child.UserEnvironment;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.host.HostException;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * What an app that is built by npm needs before its scripts run: Dunlin's own package {@code
 * @dunlin/api}, which no registry has (types, and the plugin for Vite), and its {@code
 * node_modules}.
 *
 * <p><i>Thread:</i> any; blocks, on npm for minutes.
 */
public final class NpmSetup {
  /** Where an app's package.json has {@code @dunlin/api}: {@code "file:.dunlin/api"}. */
  private static final String API = ".dunlin/api";

  /** Lists the package, below a line that tells one build of Dunlin from another. */
  private static final String LIST = "files.txt";

  private static final String RESOURCES = "/dev/dunlin/js/types/";

  /** Longest line of npm's that is shown; more is cut. */
  private static final int LINE_BYTES = 16 << 10;

  private NpmSetup() {}

  /**
   * Brings both up to date; does nothing in a folder without a {@code package.json}.
   *
   * @param say told what npm does and says
   * @throws HostException if npm is missing or fails, or a file can't be written
   */
  public static void prepare(Path app, Consumer<String> say) {
    Path manifest = app.resolve("package.json");
    if (!Files.isRegularFile(manifest)) {
      return;
    }
    try {
      if (Files.readString(manifest).contains("\"file:" + API + "\"")) {
        writeApi(app.resolve(API));
      }
    } catch (IOException e) {
      throw new HostException(
          "can't write Dunlin's npm package into "
              + app.resolve(API)
              + ": "
              + e.getMessage()
              + ". Make the folder writable.",
          e);
    }
    if (!Files.isDirectory(app.resolve("node_modules"))) {
      install(app, say);
    }
  }

  /** Writes the package unless this build's is there. */
  static void writeApi(Path folder) throws IOException {
    byte[] list = resource(LIST);
    Path stamp = folder.resolve(LIST);
    if (Files.isRegularFile(stamp) && java.util.Arrays.equals(Files.readAllBytes(stamp), list)) {
      return;
    }
    List<String> lines = new String(list, StandardCharsets.UTF_8).lines().toList();
    for (String name : lines.subList(1, lines.size())) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, resource(name));
    }
    Files.write(stamp, list);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = NpmSetup.class.getResourceAsStream(RESOURCES + name)) {
      if (in == null) {
        throw new IOException("this build of Dunlin lacks " + name);
      }
      return in.readAllBytes();
    }
  }

  private static void install(Path app, Consumer<String> say) {
    String verb = Files.isRegularFile(app.resolve("package-lock.json")) ? "ci" : "install";
    say.accept("node_modules is missing: npm " + verb + " fetches it, once");
    String npm =
        ProcessStarter.find("npm")
            .orElseThrow(
                () ->
                    new HostException(
                        "there is no npm, which this app is built with: install Node 20.19 or"
                            + " later (./dunlin doctor says how)"))
            .toString();
    ProcessSpec spec =
        ProcessSpec.of(
                npm, verb, "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
            .withEnvironment(UserEnvironment.get())
            .withDirectory(app)
            .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.PIPE)
            .withParentDeath(ParentDeath.DIE_WITH_GROUP);
    int code;
    try {
      ChildProcess child = await(ProcessStarter.get().start(spec));
      Future<Void> out =
          ChildProcess.readLines("npm", child.stdout(), LINE_BYTES, l -> say.accept(l.text()));
      Future<Void> err =
          ChildProcess.readLines("npm", child.stderr(), LINE_BYTES, l -> say.accept(l.text()));
      await(out);
      await(err);
      code = await(child.exit());
    } catch (CompletionException e) {
      throw new HostException("can't run npm: " + e.getCause().getMessage(), e);
    }
    if (code != 0) {
      throw new HostException(
          "npm "
              + verb
              + " failed ("
              + code
              + "); its words are above. Without a network it can only install what its cache has.");
    }
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
