package dev.dunlin.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLoopsTest {
  @TempDir Path folder;

  /** What a start does with it, in a JVM that has done nothing before. */
  static final class Start {
    public static void main(String[] words) throws Exception {
      Vertx vertx = EventLoops.create();
      int answer =
          vertx
              .timer(1, TimeUnit.MILLISECONDS)
              .compose(rung -> vertx.executeBlocking(() -> 42))
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS);
      System.out.println("answer " + answer);
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void loadsNoNativeLibraryAndLeavesTheTemporaryFolderAlone() throws Exception {
    String said =
        run(
            "-Djava.io.tmpdir=" + folder,
            // A temporary file could not be made even for a moment.
            "-Dio.netty.native.workdir=/proc/self/fdinfo",
            "-verbose:class",
            Start.class.getName());
    assertTrue(said.contains("answer 42"), said);
    assertTrue(said.contains("io.netty.channel.nio.NioIoHandler "), "the log of classes is there");
    for (String unwanted :
        List.of(
            "io.netty.channel.epoll.Epoll ",
            "io.netty.channel.epoll.Native ",
            "io.netty.util.internal.NativeLibraryLoader ",
            "io.netty.resolver.dns.DnsNameResolver ")) {
      assertFalse(said.contains(unwanted), unwanted);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private static String run(String... words) throws IOException, InterruptedException {
    Stream<String> java =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(Stream.concat(java, Stream.of(words)).toList())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }
}
