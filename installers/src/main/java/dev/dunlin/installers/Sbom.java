package dev.dunlin.installers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.shell.BuildInfo;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * The bill of materials of a runtime, in CycloneDX: jars, the npm packages bundled in one of them,
 * Chromium, Java. The build writes down what it knows ({@link #main}); a package gets that of the
 * jars that are in it, with the Java that is.
 *
 * <p>Not CycloneDX' Maven plugin: it refuses to work offline, as every build here does, and knows
 * nothing of npm, the engine and Java.
 */
public final class Sbom {
  /** Beside the classes: what the build knows. */
  static final String RESOURCE = "components.json";

  static final String FILE = "sbom.cdx.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Poms above one another. */
  private static final int MAX_PARENTS = 10;

  private Sbom() {}

  /** For the build: class path with jars of a Maven repository, npm packages, file to write. */
  public static void main(String[] args) throws IOException {
    ArrayNode components = JSON.createArrayNode();
    for (String entry : args[0].split(File.pathSeparator)) {
      Path jar = Path.of(entry);
      Path version = jar.getParent();
      Path pom =
          jar.resolveSibling(
              version.getParent().getFileName() + "-" + version.getFileName() + ".pom");
      if (entry.endsWith(".jar") && Files.exists(pom)) {
        components.add(ofJar(jar, pom));
      }
    }
    for (JsonNode npm : JSON.readTree(Path.of(args[1]).toFile())) {
      String name = npm.path("name").asText();
      components.add(
          component(
              name,
              npm.path("version").asText(),
              "pkg:npm/" + name.replace("@", "%40") + "@" + npm.path("version").asText(),
              Licences.ofExpression(npm.path("license").asText(), name)));
    }
    Files.write(
        Path.of(args[2]), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(components));
  }

  private static ObjectNode ofJar(Path jar, Path pom) throws IOException {
    Element project = project(pom);
    String group = inherited(project, "groupId");
    Path version = jar.getParent();
    String name = version.getParent().getFileName().toString();
    String number = version.getFileName().toString();
    ObjectNode component =
        component(
            name,
            number,
            "pkg:maven/" + group + "/" + name + "@" + number.replace("+", "%2B"),
            Licences.ofNames(licences(pom, MAX_PARENTS), group + ":" + name));
    component.put("group", group);
    component
        .putArray("properties")
        .addObject()
        .put("name", "dunlin:file")
        .put("value", jar.getFileName().toString());
    return component;
  }

  /** Names of the licences of a pom, or of the first above it that has some. */
  static List<String> licences(Path pom, int parents) throws IOException {
    Element project = project(pom);
    List<String> names = new ArrayList<>();
    child(project, "licenses")
        .ifPresent(
            all ->
                children(all, "license").stream()
                    .map(one -> child(one, "name").map(Node::getTextContent).orElse("").strip())
                    .forEach(names::add));
    Optional<Element> parent = child(project, "parent");
    if (!names.isEmpty() || parent.isEmpty() || parents == 0) {
      return names;
    }
    String group = text(parent.get(), "groupId");
    String name = text(parent.get(), "artifactId");
    String version = text(parent.get(), "version");
    // Up to the repository: artifact, version and one folder for each word of the group.
    Path root = pom.toAbsolutePath().getParent().getParent().getParent();
    for (int i = inherited(project, "groupId").split("\\.").length; i > 0; i--) {
      root = root.getParent();
    }
    Path above =
        root.resolve(group.replace('.', '/'))
            .resolve(name)
            .resolve(version)
            .resolve(name + "-" + version + ".pom");
    return Files.exists(above) ? licences(above, parents - 1) : names;
  }

  private static Element project(Path pom) throws IOException {
    try (InputStream in = Files.newInputStream(pom)) {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return factory.newDocumentBuilder().parse(in).getDocumentElement();
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(pom + ": " + e.getMessage(), e);
    }
  }

  private static List<Element> children(Element of, String name) {
    List<Element> found = new ArrayList<>();
    for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }

  private static Optional<Element> child(Element of, String name) {
    return children(of, name).stream().findFirst();
  }

  private static String text(Element of, String name) {
    return child(of, name).map(Node::getTextContent).orElse("").strip();
  }

  private static String inherited(Element project, String name) {
    String own = text(project, name);
    return own.isEmpty() ? child(project, "parent").map(p -> text(p, name)).orElse("") : own;
  }

  private static ObjectNode component(String name, String version, String purl, String licence) {
    ObjectNode component = JSON.createObjectNode();
    component.put("type", "library").put("bom-ref", purl).put("name", name).put("version", version);
    component.putArray("licenses").addObject().put("expression", licence);
    return component.put("purl", purl);
  }

  /**
   * The whole bill.
   *
   * @param jars names of the files that are shipped
   * @param jdk that the Java in it is made of
   */
  static byte[] of(List<String> jars, Path jdk) throws IOException {
    ObjectNode bill = JSON.createObjectNode();
    bill.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
    ObjectNode metadata = bill.putObject("metadata");
    metadata.put("timestamp", BuildInfo.timestamp().toString());
    metadata.set(
        "component",
        component(
                "dunlin",
                BuildInfo.dunlin(),
                "pkg:maven/dev.dunlin/dunlin@" + BuildInfo.dunlin(),
                "Apache-2.0")
            .put("type", "framework"));
    Map<String, ObjectNode> all = new TreeMap<>();
    List<String> unknown = new ArrayList<>(jars);
    unknown.removeIf(jar -> jar.startsWith("dunlin-"));
    for (JsonNode one : known()) {
      JsonNode file = one.at("/properties/0/value");
      if (file.isMissingNode() || jars.contains(file.asText())) {
        all.put(one.path("purl").asText(), (ObjectNode) one);
        unknown.remove(file.asText());
      }
    }
    if (!unknown.isEmpty() && BuildCommand.isOfSources()) {
      throw new BuildException(
          "nobody knows what is in "
              + String.join(", ", unknown)
              + ": a jar keeps the name that it has in Maven's repository");
    }
    // An author's own.
    for (String jar : unknown) {
      String name = jar.replaceFirst("\\.jar$", "");
      String purl = "pkg:generic/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
      all.put(purl, component(name, "unknown", purl, "NOASSERTION"));
    }
    List.of(
            component(
                    "chromium",
                    BuildInfo.chromium(),
                    "pkg:generic/chromium@" + BuildInfo.chromium(),
                    "BSD-3-Clause")
                .put("cpe", "cpe:2.3:a:google:chrome:" + BuildInfo.chromium() + ":*:*:*:*:*:*:*"),
            component("cef", BuildInfo.cef(), "pkg:generic/cef@" + BuildInfo.cef(), "BSD-3-Clause"),
            java(jdk))
        .forEach(one -> all.put(one.path("purl").asText(), one.put("type", "framework")));
    ArrayNode components = bill.putArray("components");
    all.values().forEach(components::add);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(bill);
  }

  static JsonNode known() throws IOException {
    try (InputStream in = Sbom.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new BuildException("this build of Dunlin lacks " + RESOURCE + ": build it again");
      }
      return JSON.readTree(in);
    }
  }

  private static ObjectNode java(Path jdk) throws IOException {
    Properties release = new Properties();
    try (InputStream in = Files.newInputStream(jdk.resolve("release"))) {
      release.load(in);
    }
    String version =
        release
            .getProperty("JAVA_RUNTIME_VERSION", release.getProperty("JAVA_VERSION"))
            .replace("\"", "");
    ObjectNode java =
        component(
            "openjdk",
            version,
            "pkg:generic/openjdk@" + version.replace("+", "%2B"),
            "GPL-2.0-only WITH Classpath-exception-2.0");
    java.putObject("supplier")
        .put("name", release.getProperty("IMPLEMENTOR", "unknown").replace("\"", ""));
    return java;
  }
}
