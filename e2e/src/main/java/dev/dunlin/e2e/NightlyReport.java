package dev.dunlin.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.shell.BuildInfo;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Writes {@code docs/security-report.md} of the files that a run has left: nobody writes it by
 * hand. What has not run is told as such. {@code ./dunlin test --nightly} calls it last.
 */
public final class NightlyReport {
  private static final Path PAGE = Path.of("docs/security-report.md");

  /** The suites that prove walls, in the order of the report. */
  private static final List<String> SUITES =
      List.of(
          "SecurityMatrixTest",
          "MatrixSuite",
          "CspDifferentialTest",
          "PermissionsSuite",
          "PolicySuite",
          "IdentitySuite",
          "SandboxSuite",
          "FaultsSuite",
          "NavigationSuite",
          "SoakSuite",
          "LoadSuite",
          "SeededTest",
          "GuidedTest",
          "SbomTest",
          "ReproducibleSuite");

  private static final Pattern ASKED =
      Pattern.compile("matrix: seed (\\d+), (\\w+), asked (\\d+|\\{[^}]*})");

  /** What a suite left, and when: reports of several runs may lie beside each other. */
  private record Run(String xml, Instant ended) {}

  private final Path root;
  private final StringBuilder page = new StringBuilder();

  private NightlyReport(Path root) {
    this.root = root;
  }

  /** The root of the sources. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]).toAbsolutePath();
    String page = of(root, new SystemClock().wallTime());
    Files.writeString(root.resolve(PAGE), page);
    System.out.println("dunlin: " + root.resolve(PAGE) + " is written");
  }

  /** The page. */
  static String of(Path root, Instant now) throws IOException {
    NightlyReport report = new NightlyReport(root);
    Map<String, Run> found = report.found();
    report.head(now, SUITES.size() - found.size());
    report.suites(found);
    report.fuzz();
    report.table("Soak", "e2e/target/soak.json");
    report.table("Reproducible build", "e2e/target/reproducible.json");
    return report.page.toString();
  }

  private void head(Instant now, int missing) throws IOException {
    page.append("# Security report\n\n");
    if (missing > 0) {
      page.append("**Incomplete: of the suites below, " + missing + " did not run.**\n\n");
    }
    page.append(
        "Written by `NightlyReport` of the files that a run left (`./dunlin test --nightly`), not by hand. Suites of several runs may stand beside each other: when each ended is said. What [SECURITY.md](../SECURITY.md) promises is tried there.\n\n");
    row("what", "is");
    row("---", "---");
    row("written", now.truncatedTo(ChronoUnit.SECONDS));
    row("Dunlin", BuildInfo.dunlin() + ", engine " + BuildInfo.engine());
    row(
        "machine",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " processors, "
            + load());
    row("Java", System.getProperty("java.runtime.version"));
    page.append('\n');
  }

  private static String load() throws IOException {
    Path file = Path.of("/proc/loadavg");
    return Files.isReadable(file)
        ? "load " + Files.readString(file).split(" ")[2] + " in the last 15 minutes"
        : "load unknown";
  }

  private void row(Object... cells) {
    page.append('|');
    for (Object cell : cells) {
      page.append(' ').append(String.valueOf(cell).replace("|", "\\|")).append(" |");
    }
    page.append('\n');
  }

  private Map<String, Run> found() throws IOException {
    Map<String, Run> found = new TreeMap<>();
    for (Path folder : modules("surefire-reports", "failsafe-reports")) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file :
            files.filter(one -> one.getFileName().toString().startsWith("TEST-")).toList()) {
          String name = file.getFileName().toString().replaceFirst(".*\\.(\\w+)\\.xml", "$1");
          if (SUITES.contains(name)) {
            found.put(
                name, new Run(Files.readString(file), Files.getLastModifiedTime(file).toInstant()));
          }
        }
      }
    }
    return found;
  }

  private void suites(Map<String, Run> found) throws IOException {
    page.append("## Suites\n\n");
    row("suite", "ended", "tests", "failed", "skipped", "seconds", "more");
    row("---", "---", "---", "---", "---", "---", "---");
    for (String name : SUITES) {
      Run run = found.get(name);
      if (run != null) {
        // The suite's own numbers are 0 where its class has parameters.
        Element suite = parse(run.xml);
        row(
            name,
            run.ended.truncatedTo(ChronoUnit.MINUTES),
            count(suite, "testcase"),
            count(suite, "failure") + count(suite, "error"),
            count(suite, "skipped"),
            suite.getAttribute("time"),
            asked(run.xml));
      } else {
        row(name, "not run", "", "", "", "", "");
      }
    }
    page.append('\n');
  }

  private static Element parse(String xml) throws IOException {
    try {
      return DocumentBuilderFactory.newDefaultInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(xml)))
          .getDocumentElement();
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("a report of a suite can't be read: " + e.getMessage(), e);
    }
  }

  private static int count(Element suite, String name) {
    return suite.getElementsByTagName(name).getLength();
  }

  private static String asked(String xml) {
    Set<String> all = new LinkedHashSet<>();
    for (Matcher asked = ASKED.matcher(xml); asked.find(); ) {
      long sum =
          Pattern.compile("\\d+")
              .matcher(asked.group(3))
              .results()
              .mapToLong(one -> Long.parseLong(one.group()))
              .sum();
      all.add(sum + " verdicts (" + asked.group(2) + ", seed " + asked.group(1) + ")");
    }
    return String.join(", ", all);
  }

  private List<Path> modules(String... folders) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        for (String folder : folders) {
          Path reports = module.resolve("target").resolve(folder);
          if (Files.isDirectory(reports)) {
            found.add(reports);
          }
        }
      }
    }
    return found;
  }

  private void fuzz() throws IOException {
    page.append("## Fuzzing\n\n");
    Path file = root.resolve("fuzz/target/fuzz.json");
    if (!Files.exists(file)) {
      page.append("Not run.\n\n");
      return;
    }
    JsonNode fuzz = new ObjectMapper().readTree(file.toFile());
    long executions = 0;
    long findings = 0;
    long seconds = 0;
    for (JsonNode one : fuzz) {
      executions += one.path("executions").asLong();
      findings += one.path("findings").asLong();
      seconds += one.path("seconds").asLong();
    }
    page.append(
        String.format(
            "Jazzer, guided by coverage: %d targets, %d s, %,d executions, %d findings. What was found before is a seed `found-…`.%n%n",
            fuzz.size(), seconds, executions, findings));
    objects(fuzz);
  }

  /** Any file of results: its plain values, and its lists of objects as tables. */
  private void table(String title, String file) throws IOException {
    page.append("## ").append(title).append("\n\n");
    if (!Files.exists(root.resolve(file))) {
      page.append("Not run.\n\n");
      return;
    }
    JsonNode results = new ObjectMapper().readTree(root.resolve(file).toFile());
    if (results.isArray()) {
      objects(results);
      return;
    }
    boolean first = true;
    for (Map.Entry<String, JsonNode> one : results.properties()) {
      if (one.getValue().isValueNode()) {
        if (first) {
          row("what", "is");
          row("---", "---");
          first = false;
        }
        row(one.getKey(), one.getValue().asText());
      }
    }
    page.append(first ? "" : "\n");
    for (Map.Entry<String, JsonNode> one : results.properties()) {
      if (one.getValue().isArray()) {
        page.append(one.getKey()).append(":\n\n");
        objects(one.getValue());
      }
    }
  }

  private void objects(JsonNode list) {
    Set<String> columns = new LinkedHashSet<>();
    list.forEach(one -> one.fieldNames().forEachRemaining(columns::add));
    if (!columns.isEmpty()) {
      row(columns.toArray());
      row(columns.stream().map(column -> "---").toArray());
      for (JsonNode one : list) {
        row(columns.stream().map(column -> one.path(column).asText()).toArray());
      }
    }
    page.append('\n');
  }
}
