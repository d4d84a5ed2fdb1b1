package dev.dunlin.shell.cli;

import java.util.List;

/** Results as the XML that JUnit made common and that build servers read. */
final class JunitXml {
  /**
   * One run of one test file.
   *
   * @param file path in the app's resources
   * @param exit code of the app
   */
  record Suite(String file, TapReader tap, int exit) {}

  private JunitXml() {}

  static String of(String app, List<Suite> suites) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<testsuites name=\"").append(escape(app)).append("\">\n");
    suites.forEach(suite -> append(xml, suite));
    return xml.append("</testsuites>\n").toString();
  }

  private static void append(StringBuilder xml, Suite suite) {
    TapReader tap = suite.tap();
    // Exit code and results must never tell two stories.
    boolean error = suite.exit() != 0 && tap.failed() == 0;
    xml.append("  <testsuite name=\"")
        .append(escape(suite.file()))
        .append("\" tests=\"")
        .append(tap.total() + (error ? 1 : 0))
        .append("\" failures=\"")
        .append(tap.failed())
        .append("\" errors=\"")
        .append(error ? 1 : 0)
        .append("\">\n");
    for (TapReader.Result result : tap.results()) {
      open(xml, result.test().isEmpty() ? suite.file() : result.test(), result.name());
      if (result.passed()) {
        xml.append("/>\n");
      } else {
        xml.append(">\n      <failure message=\"")
            .append(escape(result.name()))
            .append("\">")
            .append(escape(result.detail()))
            .append("</failure>\n    </testcase>\n");
      }
    }
    if (error) {
      open(xml, suite.file(), "the app ends with code 0");
      xml.append(">\n      <error message=\"it ended with code ")
          .append(suite.exit())
          .append(tap.isComplete() ? "" : " before its tests were over")
          .append("\"/>\n    </testcase>\n");
    }
    xml.append("  </testsuite>\n");
  }

  private static void open(StringBuilder xml, String test, String name) {
    xml.append("    <testcase classname=\"")
        .append(escape(test))
        .append("\" name=\"")
        .append(escape(name))
        .append('"');
  }

  /** As text or in an attribute. What XML 1.0 cannot hold at all is shown as {@code \\uXXXX}. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                // A parser reads them as spaces, or as another line end, where they stand bare.
                case '\n', '\r', '\t' -> escaped.append("&#").append(c).append(';');
                default -> {
                  boolean allowed =
                      c >= 0x20 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd || c >= 0x10000;
                  if (allowed) {
                    escaped.appendCodePoint(c);
                  } else {
                    escaped.append(String.format("\\u%04x", c));
                  }
                }
              }
            });
    return escaped.toString();
  }
}
