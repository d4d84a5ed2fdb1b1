package dev.dunlin.installers;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.shell.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * The documentation as a Dunlin app: a page of HTML for each of Markdown, with navigation, and what
 * the search looks through. The build makes it; a link that leads nowhere fails the build.
 */
public final class DocsSite {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());

  /** A page before it is looked at: where it comes from, and its name in the navigation. */
  private record Entry(String source, String label) {}

  private record Group(String name, String about, List<Entry> entries) {}

  /** What a reader wants first comes first. Pages of docs/ that stand nowhere here come last. */
  private static final List<Group> GROUPS =
      List.of(
          group(
              "Begin",
              "From an empty folder to an app that others install.",
              "docs/guide.md|Guide: an app in 15 minutes",
              "docs/dev-loop.md|Templates and the dev loop",
              "docs/testing.md|Testing an app",
              "docs/shipping.md|Shipping an app",
              "docs/updates.md|Updates"),
          group(
              "What an app can do",
              "Files, programs, the network, and what each asks for.",
              "docs/modules.md|Modules",
              "docs/socket-ini.md|socket.ini",
              "docs/back-ends.md|Back ends",
              "docs/extensions.md|Extensions in Java",
              "docs/udp.md|UDP",
              "docs/network.md|Peer-to-peer network",
              "docs/peer.md|Peers and relays"),
          group(
              "Coming from",
              "The same things under other names.",
              "docs/migrate-from-electron.md|Electron",
              "docs/migrate-from-tauri.md|Tauri",
              "docs/migrate-from-socket-runtime.md|Socket Runtime"),
          group(
              "How it works",
              "What is promised, and how it is kept.",
              "ARCHITECTURE.md|Architecture",
              "SECURITY.md|Security",
              "docs/bridge.md|The bridge",
              "docs/commands.md|Commands of the host",
              "docs/bad-input.md|Bad input",
              "docs/conformance.md|Conformance",
              "README.md|State of things",
              "CONTRIBUTING.md|Taking part",
              "CHANGELOG.md|Changes"));

  private static final String REFERENCE = "docs/api/";

  /** A page. */
  private static final class Page {
    final String source;
    final String label;
    final String to;
    final Node markdown;
    final Map<Heading, String> anchors = new LinkedHashMap<>();

    Page(String source, String label, Node markdown) {
      this.source = source;
      this.label = label;
      this.to = address(source);
      this.markdown = markdown;
    }

    /** The way from here to the folder of the pages: empty, or {@code ../}. */
    String root() {
      return to.contains("/") ? "../" : "";
    }

    String title() {
      return anchors.keySet().stream()
          .filter(heading -> heading.getLevel() == 1)
          .map(DocsSite::text)
          .findFirst()
          .orElse(label);
    }
  }

  private final Path sources;
  private final Map<String, List<Page>> navigation = new LinkedHashMap<>();
  private final Map<String, Page> pages = new LinkedHashMap<>();

  private DocsSite(Path sources) {
    this.sources = sources;
  }

  /**
   * The build calls it.
   *
   * @param words folder of Dunlin's sources, folder of the app's files, folder to be made
   */
  public static void main(String[] words) throws IOException {
    write(Path.of(words[0]), Path.of(words[1]), Path.of(words[2]));
  }

  /**
   * @param sources folder with docs
   * @param app files that the pages need
   * @param to is made anew
   * @throws BuildException for a link that leads nowhere
   */
  static void write(Path sources, Path app, Path to) throws IOException {
    DocsSite site = new DocsSite(sources);
    site.read();
    Path made = to.resolveSibling(to.getFileName() + ".new");
    Trees.delete(made);
    for (Path file : Tree.files(app)) {
      Path copy = made.resolve(app.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    site.writePages(made.resolve("src"));
    Trees.delete(to);
    Files.move(made, to);
  }

  private static Group group(String name, String about, String... entries) {
    return new Group(
        name,
        about,
        Stream.of(entries)
            .map(entry -> entry.split("[|]"))
            .map(parts -> new Entry(parts[0], parts[1]))
            .toList());
  }

  /** {@code docs/api/README.md} is {@code api/index.html}. */
  private static String address(String source) {
    String name = source.startsWith("docs/") ? source.substring("docs/".length()) : source;
    return name.replaceFirst("README[.]md$", name.equals("README.md") ? "about.md" : "index.md")
        .replaceFirst("[.]md$", ".html");
  }

  // ---- reading ----

  private void read() throws IOException {
    Parser parser = Parser.builder().extensions(EXTENSIONS).build();
    for (Group group : GROUPS) {
      for (Entry entry : group.entries()) {
        add(parser, group.name(), entry.source(), entry.label());
      }
      if (group.name().equals("What an app can do")) {
        addFolder(parser, "More", "docs");
        addFolder(parser, "Reference", "docs/api");
      }
    }
  }

  private void addFolder(Parser parser, String group, String folder) throws IOException {
    List<String> named =
        GROUPS.stream().flatMap(g -> g.entries().stream()).map(Entry::source).toList();
    try (Stream<Path> all = Files.list(sources.resolve(folder))) {
      for (Path file : all.filter(path -> path.toString().endsWith(".md")).sorted().toList()) {
        String source = folder + "/" + file.getFileName();
        if (!named.contains(source)) {
          add(parser, group, source, "");
        }
      }
    }
  }

  private void add(Parser parser, String group, String source, String label) throws IOException {
    Page page = new Page(source, label, parser.parse(Files.readString(sources.resolve(source))));
    Map<String, Integer> taken = new HashMap<>();
    page.markdown.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Heading heading) {
            String slug = slug(text(heading));
            int before = taken.merge(slug, 1, Integer::sum) - 1;
            page.anchors.put(heading, before == 0 ? slug : slug + "-" + before);
          }
        });
    navigation.computeIfAbsent(group, name -> new ArrayList<>()).add(page);
    pages.put(source, page);
  }

  /** As GitHub makes them, where the same pages are read too. */
  static String slug(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }

  /** What a reader reads of it. */
  private static String text(Node node) {
    StringBuilder text = new StringBuilder();
    node.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text part) {
            text.append(part.getLiteral());
          }

          @Override
          public void visit(Code code) {
            text.append(code.getLiteral());
          }

          @Override
          public void visit(FencedCodeBlock block) {
            text.append(block.getLiteral()).append(' ');
          }

          @Override
          public void visit(SoftLineBreak end) {
            text.append(' ');
          }

          @Override
          public void visit(HardLineBreak end) {
            text.append(' ');
          }

          @Override
          protected void visitChildren(Node parent) {
            super.visitChildren(parent);
            if (parent instanceof Paragraph || parent instanceof TableCell) {
              text.append(' ');
            }
          }
        });
    return text.toString().replaceAll("\\s+", " ").strip();
  }

  // ---- links ----

  /** Where a link of a page leads in the app. */
  private String link(Page from, String destination) {
    if (destination.matches("[a-z]+:.*")) {
      return destination;
    }
    int hash = destination.indexOf('#');
    String path = hash < 0 ? destination : destination.substring(0, hash);
    String anchor = hash < 0 ? "" : destination.substring(hash + 1);
    String source =
        path.isEmpty()
            ? from.source
            : Path.of("/" + from.source).resolveSibling(path).normalize().toString().substring(1);
    Page to = pages.get(source);
    if (to == null) {
      if (anchor.isEmpty() && Files.exists(sources.resolve(source), LinkOption.NOFOLLOW_LINKS)) {
        // A file of the sources, which readers of the app do not have.
        return "";
      }
      throw nowhere(from, destination);
    }
    if (!anchor.isEmpty() && !to.anchors.containsValue(anchor)) {
      throw nowhere(from, destination);
    }
    return from.root() + to.to + (anchor.isEmpty() ? "" : "#" + anchor);
  }

  private static BuildException nowhere(Page from, String destination) {
    return new BuildException(from.source + ": the link " + destination + " leads nowhere");
  }

  // ---- writing ----

  private void writePages(Path to) throws IOException {
    List<Page> order = navigation.values().stream().flatMap(List::stream).toList();
    List<Map<String, String>> sections = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      Page page = order.get(i);
      Path file = to.resolve(page.to);
      Files.createDirectories(file.getParent());
      Optional<Page> before = i == 0 ? Optional.empty() : Optional.of(order.get(i - 1));
      Optional<Page> after =
          i + 1 == order.size() ? Optional.empty() : Optional.of(order.get(i + 1));
      Files.writeString(file, frame(page.title(), page.root(), page.to, body(page, before, after)));
      sections.addAll(sections(page));
      copyImages(page, to);
    }
    Files.writeString(to.resolve("index.html"), frame("", "", "index.html", home()));
    Files.writeString(
        to.resolve("search.json"), new ObjectMapper().writeValueAsString(sections) + "\n");
  }

  private String name(Page page) {
    return page.label.isEmpty() ? page.title() : page.label;
  }

  private String home() {
    StringBuilder html =
        new StringBuilder(
            "<article class=\"home\"><h1>Desktop apps out of web pages</h1>\n"
                + "<p class=\"lead\">An app is HTML, CSS and JavaScript in a folder with a <code>socket.ini</code>."
                + " What it may ask of the system is its Content Security Policy, and nothing else.</p>\n<div class=\"groups\">\n");
    Map<String, String> about = new HashMap<>();
    GROUPS.forEach(group -> about.put(group.name(), group.about()));
    navigation.forEach(
        (group, members) -> {
          html.append("<section><h2>").append(escaped(group)).append("</h2>\n");
          if (group.equals("Reference")) {
            html.append("<p><a href=\"api/index.html\">All modules</a>, ")
                .append(members.size() - 1)
                .append(" of them Dunlin’s own.</p>");
          } else {
            html.append(list(members, "", ""));
          }
          if (about.containsKey(group)) {
            html.append("<p>").append(about.get(group)).append("</p>");
          }
          html.append("</section>\n");
        });
    return html.append("</div></article>").toString();
  }

  private String list(List<Page> members, String root, String current) {
    return members.stream()
        .map(
            page ->
                "<li><a href=\""
                    + root
                    + page.to
                    + (page.to.equals(current) ? "\" aria-current=\"page" : "")
                    + "\">"
                    + escaped(name(page))
                    + "</a></li>\n")
        .collect(Collectors.joining("", "<ul>\n", "</ul>\n"));
  }

  private String body(Page page, Optional<Page> before, Optional<Page> after) {
    HtmlRenderer renderer =
        HtmlRenderer.builder()
            .extensions(EXTENSIONS)
            .escapeHtml(true)
            .attributeProviderFactory(
                context -> (node, tag, attributes) -> attributes(page, node, tag, attributes))
            .build();
    String article =
        renderer
            .render(page.markdown)
            // Only the renderer writes tags. What can be scrolled, the keys must reach.
            .replace("<table>", "<div class=\"table\" role=\"group\" aria-label=\"Table\"><table>")
            .replace("</table>", "</table></div>")
            .replaceAll("<a href=\"\">(.*?)</a>", "$1");
    StringBuilder html = new StringBuilder("<article>\n").append(article);
    html.append("<nav class=\"turn\" aria-label=\"Next pages\">");
    before.ifPresent(
        other -> html.append(turn("prev", page.root() + other.to, "← " + escaped(name(other)))));
    after.ifPresent(
        other -> html.append(turn("next", page.root() + other.to, escaped(name(other)) + " →")));
    html.append("</nav>\n</article>\n");
    String contents =
        page.anchors.entrySet().stream()
            .filter(entry -> entry.getKey().getLevel() == 2)
            .map(
                entry ->
                    "<li><a href=\"#"
                        + entry.getValue()
                        + "\">"
                        + escaped(text(entry.getKey()))
                        + "</a></li>\n")
            .collect(Collectors.joining());
    if (!contents.isEmpty()) {
      html.append(
              "<nav id=\"contents\" aria-labelledby=\"contents-title\"><h2 id=\"contents-title\">On this page</h2>\n<ul>\n")
          .append(contents)
          .append("</ul></nav>\n");
    }
    return html.toString();
  }

  private static String turn(String relation, String to, String label) {
    return "<a rel=\"" + relation + "\" href=\"" + to + "\">" + label + "</a>";
  }

  private void attributes(Page page, Node node, String tag, Map<String, String> attributes) {
    if (node instanceof Heading heading) {
      attributes.put("id", page.anchors.get(heading));
    } else if (node instanceof Link link) {
      attributes.put("href", link(page, link.getDestination()));
    } else if (node instanceof Image image) {
      attributes.put(
          "src", page.root() + "images/" + Path.of(image.getDestination()).getFileName());
    } else if (node instanceof FencedCodeBlock && tag.equals("pre")) {
      attributes.put("tabindex", "0");
    } else if (node instanceof TableCell cell && cell.isHeader()) {
      attributes.put("scope", "col");
    } else if (node instanceof Paragraph
        && node.getFirstChild() instanceof Code
        && node.getFirstChild() == node.getLastChild()
        && node.getNext() instanceof FencedCodeBlock) {
      attributes.put("class", "file");
    }
  }

  private void copyImages(Page page, Path to) throws IOException {
    List<String> images = new ArrayList<>();
    page.markdown.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Image image) {
            images.add(image.getDestination());
          }
        });
    for (String image : images) {
      Path file = sources.resolve(page.source).resolveSibling(image).normalize();
      if (!Files.isRegularFile(file)) {
        throw nowhere(page, image);
      }
      Path folder = Files.createDirectories(to.resolve("images"));
      Files.copy(
          file, folder.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What is under each heading, as the search wants it. */
  private List<Map<String, String>> sections(Page page) {
    List<Map<String, String>> sections = new ArrayList<>();
    String heading = page.title();
    String to = page.to;
    StringBuilder text = new StringBuilder();
    for (Node node = page.markdown.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading next && next.getLevel() > 1) {
        sections.add(section(page, heading, to, text));
        heading = text(next);
        to = page.to + "#" + page.anchors.get(next);
        text.setLength(0);
      } else if (!(node instanceof Heading)) {
        text.append(text(node)).append(' ');
      }
    }
    sections.add(section(page, heading, to, text));
    return sections;
  }

  private Map<String, String> section(Page page, String heading, String to, StringBuilder text) {
    return Map.of(
        "page", name(page), "heading", heading, "to", to, "text", text.toString().strip());
  }

  private String frame(String title, String root, String current, String body) {
    StringBuilder links = new StringBuilder();
    navigation.forEach(
        (group, members) ->
            links
                .append("<h2>")
                .append(escaped(group))
                .append("</h2>\n")
                .append(list(members, root, current)));
    return """
        <!doctype html>
        <html lang="en" data-root="%1$s">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <title>%2$s</title>
        <link rel="icon" href="%1$sdunlin.svg">
        <link rel="stylesheet" href="%1$sdocs.css">
        <script type="module" src="%1$sdocs.js"></script>
        </head>
        <body>
        <a class="skip" href="#content">Skip to the text</a>
        <header>
        <button type="button" id="menu" aria-controls="pages" aria-expanded="false">Pages</button>
        <a class="brand" href="%1$sindex.html"><img src="%1$sdunlin.svg" alt="" width="30" height="30">Dunlin <span>docs</span></a>
        <div role="search">
        <input id="query" type="search" placeholder="Search (press /)" aria-label="Search" role="combobox" aria-controls="found" aria-expanded="false" aria-autocomplete="list" autocomplete="off" spellcheck="false">
        <p id="count" class="unseen" role="status"></p>
        <ul id="found" role="listbox" aria-label="Found" hidden></ul>
        </div>
        </header>
        <nav id="pages" aria-label="Pages">
        %3$s</nav>
        <main id="content" tabindex="-1">
        %4$s
        </main>
        </body>
        </html>
        """
        .formatted(
            root, title.isEmpty() ? "Dunlin docs" : escaped(title) + " – Dunlin docs", links, body);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
