package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpmPackagesTest {
  @TempDir Path root;

  private NpmPackages npm;

  @BeforeEach
  void packages() throws IOException {
    npm = new NpmPackages(new DirectorySource(root), "events"::equals);
    file(
        "esm/package.json",
        "{\"type\":\"module\",\"exports\":{\".\":{\"node\":\"./node.js\",\"import\":{\"default\":\"./main.js\"}},"
            + "\"./sub/*\":\"./lib/*.js\",\"./sub/hidden\":null,\"./up\":\"./../../secret.js\"},"
            + "\"imports\":{\"#own\":\"./lib/own.js\",\"#cjs\":\"cjs\"}}");
    file("esm/main.js", "export default 1; export const a = 2;");
    file("esm/lib/x.js", "export const x = 1;");
    file("esm/lib/own.js", "export {};");
    file("cjs/package.json", "{\"main\":\"./lib\"}");
    file("cjs/lib/index.js", "module.exports = require('./all')");
    file(
        "cjs/lib/all.js",
        "exports.one = 1; exports.two === 2; Object.defineProperty(exports, 'three', {});"
            + " module.exports = { four, five: 5, default: 6 }");
    file("@scope/pkg/package.json", "{\"module\":\"es.js\",\"main\":\"cjs.js\"}");
    file("@scope/pkg/es.js", "const a = 1\nexport { a as default, a }");
    file("outer/index.js", "exports.x = 1");
    file("outer/node_modules/cjs/index.mjs", "export const inner = 1;");
  }

  private void file(String name, String text) throws IOException {
    Path file = root.resolve("node_modules").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String resolved(String name, String... folder) throws Exception {
    return String.join("/", npm.resolve(name, List.of(folder)));
  }

  @Test
  void findsWhatNodeFinds() throws Exception {
    assertEquals("node_modules/esm/main.js", resolved("esm"));
    assertEquals("node_modules/esm/lib/x.js", resolved("esm/sub/x"));
    assertEquals("node_modules/cjs/lib/index.js", resolved("cjs", "src", "deep"));
    assertEquals("node_modules/cjs/lib/all.js", resolved("cjs/lib/all"));
    assertEquals("node_modules/@scope/pkg/es.js", resolved("@scope/pkg"));
    assertEquals(
        "node_modules/outer/node_modules/cjs/index.mjs",
        resolved("cjs", "node_modules", "outer", "lib"));
    assertEquals(
        "node_modules/esm/lib/own.js", resolved("#own", "node_modules", "esm", "lib", "x"));
    assertEquals("node_modules/cjs/lib/index.js", resolved("#cjs", "node_modules", "esm"));
  }

  @Test
  void saysWhyThereIsNone() {
    for (String[] wrong :
        new String[][] {
          {"none", "run npm install none"},
          {"@scope/none/x", "run npm install @scope/none"},
          {"esm/lib/x.js", "is not exported"},
          {"esm/sub/hidden", "is not exported"},
          {"esm/sub/y", "which is not there"},
          {"esm/up", "which is not there"},
          {"cjs/nope", "has no file nope"},
          {"../secret", "is no package's name"},
          {"#nope", "is in no package.json"}
        }) {
      String said =
          assertThrows(NpmPackages.NotFound.class, () -> npm.resolve(wrong[0], List.of()))
              .getMessage();
      assertTrue(said.contains(wrong[1]), wrong[0] + ": " + said);
    }
  }

  @Test
  void handsOnToTheFileOnTheAppsOrigin() throws Exception {
    assertEquals(
        "export * from 'https://app/node_modules/esm/main.js';\n"
            + "export { default } from 'https://app/node_modules/esm/main.js';\n",
        npm.module("esm", "https://app"));
    assertEquals(
        "export * from 'https://app/node_modules/esm/lib/x.js';\n",
        npm.module("esm/sub/x", "https://app"));
    // Chromium takes the @ for the end of a user's name.
    assertTrue(
        npm.module("scope/pkg", "https://app")
            .contains("'https://app/node_modules/@scope/pkg/es.js'"));
    assertTrue(
        npm.module("cjs", "https://app")
            .contains("default } from 'https://app/node_modules/cjs/lib/index.js?commonjs'"));
  }

  @Test
  void leadsTheImportsOfAPackageToFiles() throws Exception {
    List<String> names = List.of("node_modules", "esm", "lib", "x.js");
    assertEquals(
        "import a from '/node_modules/cjs/lib/index.js?commonjs';import{b}from\"./b.js\";\n"
            + "import 'node:events'; export * from '/node_modules/esm/lib/own.js'; import('npm:gone');"
            + " import x from 'https://x.test/y'; const from = 'cjs';",
        npm.script(
            names,
            "import a from 'cjs';import{b}from\"./b.js\";\n"
                + "import 'events'; export * from '#own'; import('gone');"
                + " import x from 'https://x.test/y'; const from = 'cjs';",
            ""));
    String commonJs = "const a = require('cjs')";
    assertEquals(
        commonJs, npm.script(List.of("node_modules", "cjs", "lib", "all.js"), commonJs, ""));
  }

  @Test
  void showsTheNamesOfACommonJsFile() throws Exception {
    String module =
        npm.script(
            List.of("node_modules", "cjs", "lib", "index.js"),
            "module.exports = require('./all')",
            "?commonjs");
    assertTrue(module.contains("createRequire(import.meta.url)(\"./index.js\")"), module);
    for (String name : List.of("one", "three", "four", "five")) {
      assertTrue(module.contains(" as " + name + " }"), module);
    }
    assertEquals(4, module.split(" as ", -1).length - 1);
  }

  @Test
  void importsJsonWhetherItSaysSoOrNot() throws Exception {
    file("cjs/data.json", "{\"version\":\"1\",\"a-b\":2,\"default\":3,\"import\":4}");
    assertEquals(
        "const all = JSON.parse(\"{\\\"version\\\":\\\"1\\\",\\\"a-b\\\":2,\\\"default\\\":3,\\\"import\\\":4}\");\n"
            + "export default all;\n"
            + "const x0 = all?.import; export { x0 as import };\n"
            + "const x1 = all?.version; export { x1 as version };\n",
        npm.script(
            List.of("node_modules", "cjs", "data.json"),
            Files.readString(root.resolve("node_modules/cjs/data.json")),
            "?module"));
    assertEquals(
        """
        import a from './a.json?module';
        import b from "./b.json" with { type: 'json' };
        import c from '/node_modules/cjs/data.json?module';
        import d from '/node_modules/cjs/data.json' with { type: 'json' };
        const e = await import('../e.json?module'), f = await import('./f.json', { with: { type: 'json' } });
        """,
        npm.script(
            List.of("node_modules", "esm", "main.js"),
            """
            import a from './a.json';
            import b from "./b.json" with { type: 'json' };
            import c from 'cjs/data.json';
            import d from 'cjs/data.json' with { type: 'json' };
            const e = await import('../e.json'), f = await import('./f.json', { with: { type: 'json' } });
            """,
            ""));
    assertEquals(
        "export * from 'https://x/node_modules/cjs/data.json?module';\n"
            + "export { default } from 'https://x/node_modules/cjs/data.json?module';\n",
        npm.module("cjs/data.json", "https://x"));
    assertThrows(
        IOException.class,
        () -> npm.script(List.of("node_modules", "cjs", "data.json"), "{", "?module"));
  }
}
