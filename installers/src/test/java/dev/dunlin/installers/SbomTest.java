package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.shell.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class SbomTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private static Map<String, JsonNode> bill(List<String> jars) throws IOException {
    JsonNode bill = JSON.readTree(Sbom.of(jars, Path.of(System.getProperty("java.home"))));
    assertEquals("CycloneDX", bill.path("bomFormat").asText());
    Map<String, JsonNode> byName = new TreeMap<>();
    bill.path("components").forEach(one -> byName.put(one.path("name").asText(), one));
    return byName;
  }

  private static List<String> jars() throws IOException {
    List<String> jars = new ArrayList<>();
    Sbom.known().forEach(one -> jars.add(one.at("/properties/0/value").asText()));
    return jars;
  }

  @Test
  void namesJarsNpmPackagesTheEngineAndJava() throws IOException {
    Map<String, JsonNode> bill = bill(jars());
    for (String name : List.of("vertx-core", "jackson-core", "bcprov-jdk18on", "jcef-api")) {
      assertTrue(bill.get(name).path("purl").asText().startsWith("pkg:maven/"), name);
    }
    for (String name : List.of("libsodium-wrappers", "pako", "readable-stream")) {
      assertTrue(bill.get(name).path("purl").asText().startsWith("pkg:npm/"), name);
    }
    assertEquals(BuildInfo.chromium(), bill.get("chromium").path("version").asText());
    assertEquals(BuildInfo.cef(), bill.get("cef").path("version").asText());
    assertTrue(
        bill.get("openjdk")
            .path("version")
            .asText()
            .startsWith(String.valueOf(java.lang.Runtime.version().feature())));
    bill.values()
        .forEach(
            one ->
                assertFalse(one.at("/licenses/0/expression").asText().isEmpty(), one.toString()));
  }

  @Test
  void namesNoJarThatIsNotShipped() throws IOException {
    Map<String, JsonNode> bill =
        bill(jars().stream().filter(jar -> !jar.startsWith("gson-")).toList());
    assertFalse(bill.containsKey("gson"));
    assertTrue(bill.containsKey("picocli"));
  }

  @Test
  @ResourceLock(Resources.SYSTEM_PROPERTIES)
  void aJarOfOursThatNobodyKnowsStopsTheBuildAndAnAuthorsIsNamed() throws IOException {
    List<String> jars = new ArrayList<>(jars());
    jars.add("dunlin-shell-0.1.0.jar");
    jars.add("an author's-1.jar");
    String before = System.getProperty("dunlin.home", "");
    try {
      System.setProperty("dunlin.home", "");
      assertEquals("unknown", bill(jars).get("an author's-1").path("version").asText());
      System.setProperty("dunlin.home", ROOT.toString());
      assertTrue(
          assertThrows(BuildException.class, () -> bill(jars))
              .getMessage()
              .contains("an author's-1.jar"));
    } finally {
      System.setProperty("dunlin.home", before);
    }
  }

  @Test
  void isTheSameTwice() throws IOException {
    Path java = Path.of(System.getProperty("java.home"));
    assertEquals(new String(Sbom.of(jars(), java)), new String(Sbom.of(jars(), java)));
  }

  @Test
  void aLicenceThatNobodyHasAllowedStopsTheBuild() throws IOException {
    Path pom = folder.resolve("g/a/1/a-1.pom");
    Files.createDirectories(pom.getParent());
    Files.writeString(
        pom,
        "<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version><licenses>"
            + "<license><name>Do As I Say License</name></license></licenses></project>");
    Path npm = Files.writeString(folder.resolve("npm.json"), "[]");
    Path jar = Files.createFile(pom.resolveSibling("a-1.jar"));
    String[] words = {jar.toString(), npm.toString(), folder.resolve("out").toString()};
    BuildException jarRefused = assertThrows(BuildException.class, () -> Sbom.main(words));
    assertTrue(jarRefused.getMessage().contains("g:a has the licence 'Do As I Say License'"));
    Files.writeString(pom, Files.readString(pom).replace("Do As I Say License", "MIT"));
    Sbom.main(words);
    Files.writeString(
        npm, "[{\"name\":\"left\",\"version\":\"1\",\"license\":\"(MIT AND WTFPL)\"}]");
    BuildException npmRefused = assertThrows(BuildException.class, () -> Sbom.main(words));
    assertTrue(npmRefused.getMessage().contains("left has the licence 'WTFPL'"));
    Files.writeString(npm, "[{\"name\":\"left\",\"version\":\"1\"}]");
    assertThrows(
        BuildException.class, () -> Sbom.main(words), "no licence is none that is allowed");
  }

  @Test
  void everyVersionIsPinned() throws IOException {
    Pattern loose =
        Pattern.compile("<version>\\s*(?:[\\[(].*|LATEST|RELEASE|.*SNAPSHOT)\\s*</version>");
    Pattern ranged = Pattern.compile("\"[^\"]+\": *\"(?:[\\^~<>*]|latest|[0-9]+\\.[x*]).*\"");
    List<String> faults = new ArrayList<>();
    try (Stream<Path> poms = Files.find(ROOT, 2, (path, file) -> path.endsWith("pom.xml"))) {
      for (Path pom : poms.toList()) {
        String text =
            Files.readString(pom)
                .replaceAll("(?s)<requireJavaVersion>.*?</requireMavenVersion>", "");
        if (loose.matcher(text).find()) {
          faults.add(pom.toString());
        }
      }
    }
    Path js = ROOT.resolve("bridge/src/main/js");
    if (ranged.matcher(Files.readString(js.resolve("package.json"))).find()) {
      faults.add("package.json");
    }
    JsonNode lock = JSON.readTree(js.resolve("package-lock.json").toFile());
    lock.path("packages")
        .properties()
        .forEach(
            one -> {
              boolean pinned =
                  one.getKey().isEmpty()
                      || one.getValue().path("integrity").asText().startsWith("sha512-")
                          && one.getValue()
                              .path("version")
                              .asText()
                              .matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
              if (!pinned) {
                faults.add("package-lock.json: " + one.getKey());
              }
            });
    assertEquals(List.of(), faults);
    assertTrue(loose.matcher("<version>[1.0,)</version>").find());
    assertTrue(ranged.matcher("\"a\": \"^1.0.0\"").find());
  }
}
