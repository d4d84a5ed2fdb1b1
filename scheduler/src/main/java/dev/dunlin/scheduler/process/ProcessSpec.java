package dev.dunlin.scheduler.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to start.
 *
 * @param argv program, then its arguments; no shell is involved
 * @param environment the whole environment of the child, nothing is added
 * @param directory its working directory; empty is ours
 * @param stdin where its input comes from
 * @param stdout where its output goes
 * @param stderr where its errors go
 * @param parentDeath what happens to it when this process dies
 */
public record ProcessSpec(
    List<String> argv,
    Map<String, String> environment,
    Optional<Path> directory,
    Stdio stdin,
    Stdio stdout,
    Stdio stderr,
    ParentDeath parentDeath) {

  /** One of the three standard streams. */
  public enum Stdio {
    /** A pipe to us: see the streams of {@link ChildProcess}. */
    PIPE,
    /** The same as ours. */
    INHERIT,
    /** Nothing: end of file, or discarded. */
    NULL
  }

  /** What becomes of a child when its parent dies. */
  public enum ParentDeath {
    /**
     * It is killed: on Linux by the kernel, even when we get SIGKILL; elsewhere when we end in an
     * orderly way. Its own children are killed with it only when we end in an orderly way. In its
     * first millisecond, until setpriv has run, the kernel does not cover it.
     */
    DIE,
    /**
     * As {@link #DIE}, but when we end in an orderly way it is asked first and has {@link
     * ProcessStarter#CLOSE_GRACE} to close.
     */
    DIE_GENTLY,
    /**
     * The kernel asks it to end once we are gone and not before: a server that we hold connections
     * to until the end. Where the kernel cannot, as {@link #DIE}.
     */
    DIE_AFTER,
    /**
     * As {@link #DIE}, and what it has started dies with it, even when we get SIGKILL, unless that
     * has made a process group of its own. It leads a group and a session; where the system has no
     * setsid, as {@link #DIE}. What still runs when the child itself has ended is left alone.
     */
    DIE_WITH_GROUP,
    /** It lives on. */
    SURVIVE
  }

  public ProcessSpec {
    if (argv.isEmpty() || argv.get(0).isEmpty()) {
      throw new IllegalArgumentException("argv names no program");
    }
    for (String argument : argv) {
      if (argument.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("an argument holds a NUL character");
      }
    }
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
  }

  /** Dies with us, has our environment and folder, no input, pipes for output and errors. */
  public static ProcessSpec of(String... argv) {
    return new ProcessSpec(
        List.of(argv),
        System.getenv(),
        Optional.empty(),
        Stdio.NULL,
        Stdio.PIPE,
        Stdio.PIPE,
        ParentDeath.DIE);
  }

  public ProcessSpec withEnvironment(Map<String, String> all) {
    return new ProcessSpec(argv, all, directory, stdin, stdout, stderr, parentDeath);
  }

  /** With one variable more. */
  public ProcessSpec withVariable(String name, String value) {
    Map<String, String> all = new HashMap<>(environment);
    all.put(name, value);
    return withEnvironment(all);
  }

  public ProcessSpec withDirectory(Path path) {
    return new ProcessSpec(
        argv, environment, Optional.of(path), stdin, stdout, stderr, parentDeath);
  }

  public ProcessSpec withStdio(Stdio in, Stdio out, Stdio err) {
    return new ProcessSpec(argv, environment, directory, in, out, err, parentDeath);
  }

  public ProcessSpec withParentDeath(ParentDeath rule) {
    return new ProcessSpec(argv, environment, directory, stdin, stdout, stderr, rule);
  }

  ProcessSpec withArgvBefore(List<String> prefix) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(argv);
    return new ProcessSpec(all, environment, directory, stdin, stdout, stderr, parentDeath);
  }
}
