package dev.dunlin.shell.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SscBuildOptionsTest {
  private final StringWriter err = new StringWriter();

  @CommandLine.Command(name = "build")
  private static final class Build implements Callable<Integer> {
    @CommandLine.Mixin private SscBuildOptions ssc;
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @CommandLine.Parameters(arity = "0..1")
    private String directory = "";

    @Override
    public Integer call() {
      ssc.check(spec);
      return 0;
    }
  }

  private int build(String words) {
    return new CommandLine(new Build())
        .setErr(new PrintWriter(err, true))
        .execute(words.split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"app", "-o app", "-p -P -V app", "--platform=host --prod --package app"})
  void takesWhatChangesNothing(String words) {
    assertEquals(0, build(words), err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "-D app, dunlin run --debug DIR",
    "-w app, go with dunlin run",
    "--test=x.js app, go with dunlin run",
    "app --test, go with dunlin run",
    "-E A=1 app, go with dunlin run",
    "-c app, sign the package",
    "--platform=ios app, makes apps for desktops"
  })
  void saysWhyItCanNotFollowTheRest(String words, String reason) {
    assertEquals(2, build(words));
    assertTrue(err.toString().contains(reason), err.toString());
  }
}
