package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the app looks like and whether it can be used is DocsAppSuite's. */
class DocsSiteTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  @TempDir Path folder;
  private Path sources;
  private Path made;

  @BeforeEach
  void copySources() throws IOException {
    sources = Files.createDirectories(folder.resolve("sources"));
    made = folder.resolve("made");
    try (Stream<Path> all = Files.list(HOME)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".md")).toList()) {
        Files.copy(file, sources.resolve(file.getFileName()));
      }
    }
    Files.createFile(sources.resolve("LICENSE"));
    for (Path file : Tree.files(HOME.resolve("docs"))) {
      Path to = sources.resolve(HOME.relativize(file));
      Files.createDirectories(to.getParent());
      Files.copy(file, to);
    }
  }

  private void write() throws IOException {
    DocsSite.write(sources, HOME.resolve("installers/src/main/docs"), made);
  }

  @Test
  void everyPageOfTheDocumentationIsInTheAppWithItsNavigation() throws IOException {
    write();
    for (Path file : Tree.files(sources.resolve("docs"))) {
      if (!file.toString().endsWith(".md")) {
        continue;
      }
      String name = sources.resolve("docs").relativize(file).toString();
      String page = name.replaceFirst("README[.]md$", "index.md").replaceFirst("md$", "html");
      String html = Files.readString(made.resolve("src").resolve(page));
      assertTrue(html.contains("aria-current=\"page\""), page);
      assertEquals(1, html.split("<h1 ", -1).length - 1, page);
      assertTrue(Files.readString(made.resolve("src/search.json")).contains("\"" + page), page);
    }
    String guide = Files.readString(made.resolve("src/guide.html"));
    assertTrue(guide.contains("<p class=\"file\"><code>socket.ini</code></p>"), guide);
    assertTrue(guide.contains("<a href=\"api/index.html\">"), guide);
  }

  @Test
  void aLinkThatLeadsNowhereFailsTheBuildAndLeavesThePagesOfBefore() throws IOException {
    write();
    for (String link : new String[] {"[x](none.md)", "[x](guide.md#none)", "![x](none.png)"}) {
      Files.writeString(sources.resolve("docs/more.md"), "# More\n\n" + link + "\n");
      BuildException refused = assertThrows(BuildException.class, this::write);
      assertTrue(refused.getMessage().contains("docs/more.md"), refused.getMessage());
      assertTrue(refused.getMessage().contains("leads nowhere"), refused.getMessage());
      assertTrue(Files.exists(made.resolve("src/guide.html")));
    }
    Files.writeString(
        sources.resolve("docs/more.md"),
        "# More\n\n## A `part` of it\n\n[x](guide.md) [y](#a-part-of-it) [z](../LICENSE)\n");
    write();
    String more = Files.readString(made.resolve("src/more.html"));
    assertTrue(more.contains("<h2 id=\"a-part-of-it\">"), more);
    assertTrue(more.contains("<a href=\"more.html#a-part-of-it\">y</a> z</p>"), more);
  }

  @Test
  void nothingOfAPageIsMarkupThatMarkdownDoesNotSay() throws IOException {
    Files.writeString(
        sources.resolve("docs/more.md"),
        "# <b>More</b> & more\n\n<script>alert(1)</script>\n\n`</title><script>`\n");
    write();
    for (String page : new String[] {"more.html", "index.html"}) {
      String html = Files.readString(made.resolve("src").resolve(page));
      assertFalse(html.contains("<script>"), html);
      assertFalse(html.contains("<b>"), html);
    }
  }
}
