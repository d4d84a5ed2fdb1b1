package dev.dunlin.installers;

import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.Trees;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * The templates as Maven archetypes, {@code dev.dunlin:dunlin-archetype-NAME}: what {@code dunlin
 * init} writes, with Maven's variables where it has names. The build makes them.
 */
public final class Archetypes {
  private static final String GROUP = "dev.dunlin";

  /** A name, an identifier and a title that are nowhere else in a template. */
  private static final String NAME = "archetypes-artifact-id";

  private static final String ID = "com.example.archetypes-bundle-id";
  private static final String TITLE = "Archetypes title";

  /** Files that have names in them; Maven copies all others byte for byte. */
  private static final String FILTERED =
      "<include>socket.ini</include><include>package*.json</include><include>index.html</include><include>src/index.html</include>";

  private Archetypes() {}

  /**
   * The build calls it.
   *
   * @param words folder of the templates, folder of the archetypes, which is made anew
   */
  public static void main(String[] words) throws IOException {
    Path templates = Path.of(words[0]);
    Path to = Path.of(words[1]);
    Trees.delete(to);
    Files.createDirectories(to);
    for (String template : NewApp.templates(templates)) {
      write(templates.resolve(template), to, artifact(template));
    }
  }

  private static String artifact(String template) {
    return "dunlin-archetype-" + template;
  }

  private static void write(Path template, Path to, String artifact) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    String pom = pom(artifact);
    entries.put("META-INF/maven/archetype-metadata.xml", bytes(metadata(artifact)));
    entries.put("META-INF/maven/" + GROUP + "/" + artifact + "/pom.xml", bytes(pom));
    new NewApp(template, NAME, ID, TITLE)
        .files(to)
        .forEach((path, content) -> entries.put(resource(path), variable(path, content)));
    String file = artifact + "-" + BuildInfo.dunlin();
    Files.writeString(to.resolve(file + ".pom"), pom);
    try (OutputStream out = Files.newOutputStream(to.resolve(file + ".jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        JarEntry header = new JarEntry(entry.getKey());
        header.setTimeLocal(LocalDateTime.ofInstant(BuildInfo.timestamp(), ZoneOffset.UTC));
        jar.putNextEntry(header);
        jar.write(entry.getValue());
        jar.closeEntry();
      }
    }
  }

  /** Maven leaves out files of the name .gitignore, but makes names out of variables. */
  private static String resource(String path) {
    return "archetype-resources/" + (path.equals(".gitignore") ? "__gitignore__" : path);
  }

  private static byte[] variable(String path, byte[] content) {
    if (!path.matches("socket\\.ini|pom\\.xml|package(-lock)?\\.json|(src/)?index\\.html")) {
      return content;
    }
    String text =
        new String(content, StandardCharsets.UTF_8)
            .replace(ID, "${bundleId}")
            .replace(NAME, "${artifactId}")
            .replace(TITLE, "${title}");
    if (path.equals("pom.xml")) {
      text =
          text.replaceFirst("<groupId>com\\.example</groupId>", "<groupId>\\${groupId}</groupId>")
              .replaceFirst("<version>1\\.0\\.0</version>", "<version>\\${version}</version>");
    }
    return bytes(text);
  }

  private static String metadata(String artifact) {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <archetype-descriptor name="%s" xmlns="https://maven.apache.org/plugins/maven-archetype-plugin/archetype-descriptor/1.1.0">
          <requiredProperties>
            <requiredProperty key="artifactId"><validationRegex>[a-z0-9][a-z0-9-]{0,62}[a-z0-9]</validationRegex></requiredProperty>
            <requiredProperty key="bundleId"><defaultValue>${groupId}.${artifactId}</defaultValue><validationRegex>[a-z0-9][a-z0-9_.-]*\\.[a-z0-9_.-]*[a-z0-9]</validationRegex></requiredProperty>
            <requiredProperty key="title"><defaultValue>${artifactId}</defaultValue><validationRegex>[^&lt;&amp;"'#;{}$\\x00-\\x1f]{1,200}</validationRegex></requiredProperty>
            <requiredProperty key="gitignore"><defaultValue>.gitignore</defaultValue></requiredProperty>
          </requiredProperties>
          <fileSets>
            <fileSet filtered="true"><directory></directory><includes>%s</includes></fileSet>
            <fileSet><directory></directory><excludes>%s<exclude>pom.xml</exclude></excludes></fileSet>
          </fileSets>
        </archetype-descriptor>
        """
        .formatted(artifact, FILTERED, FILTERED.replace("include>", "exclude>"));
  }

  private static String pom(String artifact) {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd">
          <modelVersion>4.0.0</modelVersion>
          <groupId>%s</groupId>
          <artifactId>%s</artifactId>
          <version>%s</version>
          <description>A Dunlin app: mvn archetype:generate -DarchetypeArtifactId=%s</description>
        </project>
        """
        .formatted(GROUP, artifact, BuildInfo.dunlin(), artifact);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
