package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of a package, with a folder in place of the system's root. */
class PackageScriptsTest {
  @TempDir Path root;

  private List<String> run(String script, String word) throws IOException {
    Map<String, String> scripts = Packages.scripts("my-app", root + "/opt/my-app/runtime");
    Path file = root.resolve(script);
    Files.writeString(file, scripts.get(script).replace("/etc/apparmor.d", root + "/apparmor.d"));
    return Tool.of("sh", file.toString(), word).run();
  }

  private void install() throws IOException {
    Path bin = Files.createDirectories(root.resolve("opt/my-app/runtime/bin"));
    Path archive = bin.resolve("make-archive");
    Files.writeString(archive, "#!/bin/sh\necho archive\n");
    assertTrue(archive.toFile().setExecutable(true));
    Files.createDirectories(root.resolve("apparmor.d/abi"));
  }

  @Test
  void writesAnAppArmorProfileWhereTheRuleIsKnownAndTakesItAway() throws IOException {
    install();
    Files.writeString(root.resolve("apparmor.d/abi/4.0"), "");
    assertTrue(run("postinst", "configure").contains("archive"));
    Path profile = root.resolve("apparmor.d/my-app");
    String text = Files.readString(profile);
    assertTrue(text.startsWith("abi <abi/4.0>,\n"), text);
    assertTrue(
        text.contains(
            "profile my-app "
                + root
                + "/opt/my-app/runtime/jre/bin/java flags=(unconfined) {\n  userns,\n}\n"),
        text);
    run("prerm", "remove");
    assertFalse(Files.exists(profile));
  }

  @Test
  void writesNoneWhereAppArmorIsOlderOrAbsent() throws IOException {
    install();
    assertEquals(List.of("archive"), run("postinst", "configure"));
    assertFalse(Files.exists(root.resolve("apparmor.d/my-app")));
    run("prerm", "remove");
  }

  @Test
  void doesNothingWhenDpkgOnlyTakesAFailedStepBack() throws IOException {
    install();
    assertEquals(List.of(), run("postinst", "abort-upgrade"));
  }
}
