package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.shell.host.SystemCallFilter.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SystemCallFilterTest {
  private static final String ALLOW = "allow";
  private static final String EPERM = "EPERM";
  private static final String ENOSYS = "ENOSYS";
  private static final Map<Integer, String> RESULTS =
      Map.of(0x7FFF0000, ALLOW, 0x80000000, "kill", 0x00050001, EPERM, 0x00050026, ENOSYS);

  /** Above the number of every call of today's kernels. */
  private static final int NUMBERS = 1_024;

  /** What the kernel does with a filter; it refuses one that this finds fault with. */
  private static String decide(byte[] program, int audit, int number, int... arguments) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(number).putInt(audit).putLong(0);
    for (int argument : arguments) {
      // The upper half is not looked at, so that it can't hide anything.
      data.putInt(argument).putInt(0x5EC7E7);
    }
    ByteBuffer steps = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    int accumulator = 0;
    int at = 0;
    while (true) {
      int code = steps.getShort(at * 8);
      int then = Byte.toUnsignedInt(steps.get(at * 8 + 2));
      int otherwise = Byte.toUnsignedInt(steps.get(at * 8 + 3));
      int value = steps.getInt(at * 8 + 4);
      at++;
      switch (code) {
        case 0x20 -> accumulator = data.getInt(value);
        case 0x05 -> at += value;
        case 0x15 -> at += accumulator == value ? then : otherwise;
        case 0x35 -> at += Integer.compareUnsigned(accumulator, value) >= 0 ? then : otherwise;
        case 0x45 -> at += (accumulator & value) != 0 ? then : otherwise;
        case 0x06 -> {
          return RESULTS.get(value);
        }
        default -> throw new AssertionError("the kernel knows no instruction " + code);
      }
    }
  }

  private static Map<Integer, String> numbers(String calls, Machine machine) {
    Map<Integer, String> numbers = new HashMap<>();
    for (String call : calls.strip().split("\\s+")) {
      String[] parts = call.split(":");
      if (!parts[machine.column].equals("-")) {
        numbers.put(Integer.valueOf(parts[machine.column]), parts[0]);
      }
    }
    return numbers;
  }

  @ParameterizedTest
  @EnumSource(Machine.class)
  void aRendererGetsWhatIsListedAndNoOtherCall(Machine machine) {
    byte[] filter = SystemCallFilter.strict(machine);
    Map<Integer, String> allowed = numbers(SystemCallFilter.ALLOWED, machine);
    Map<Integer, String> denied = numbers(SystemCallFilter.DENIED, machine);
    List<Integer> looked =
        machine == Machine.X86_64 ? List.of(56, 16, 41, 53) : List.of(220, 29, 198, 199);
    for (int number = 0; number < NUMBERS; number++) {
      if (!looked.contains(number)) {
        assertEquals(
            allowed.containsKey(number) ? ALLOW : denied.containsKey(number) ? EPERM : ENOSYS,
            decide(filter, machine.audit, number),
            "call " + number);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.class)
  void otherHelpersGetAllButWhatIsListed(Machine machine) {
    byte[] filter = SystemCallFilter.loose(machine, true);
    Map<Integer, String> denied = numbers(SystemCallFilter.DENIED, machine);
    List<Integer> looked =
        machine == Machine.X86_64 ? List.of(56, 16, 41, 53, 435) : List.of(220, 29, 198, 199, 435);
    for (int number = 0; number < NUMBERS; number++) {
      if (!looked.contains(number)) {
        assertEquals(
            denied.containsKey(number) ? EPERM : ALLOW,
            decide(filter, machine.audit, number),
            "call " + number);
      }
    }
  }

  @Test
  void whatIsAllowedAndWhatIsDangerousDoNotOverlap() {
    for (Machine machine : Machine.values()) {
      Map<Integer, String> both = numbers(SystemCallFilter.ALLOWED, machine);
      both.keySet().retainAll(numbers(SystemCallFilter.DENIED, machine).keySet());
      assertEquals(Map.of(), both);
    }
  }

  @Test
  void callsOfAnotherArchitectureEndTheProcess() {
    byte[] filter = SystemCallFilter.strict(Machine.X86_64);
    // i386, by which a 64-bit process can call too: there, 11 is execve and here munmap.
    assertEquals("kill", decide(filter, 0x40000003, 11));
    assertEquals("kill", decide(filter, Machine.AARCH64.audit, 63));
    assertEquals(ALLOW, decide(filter, Machine.X86_64.audit, 11));
  }

  @ParameterizedTest
  @CsvSource({"0x40000000", "0x40000065", "0x7fffffff", "-1"})
  void x86sThirdSetOfCallsIsUnknown(String number) {
    int decoded = Long.decode(number).intValue();
    for (byte[] filter :
        List.of(
            SystemCallFilter.strict(Machine.X86_64),
            SystemCallFilter.loose(Machine.X86_64, true))) {
      assertEquals(ENOSYS, decide(filter, Machine.X86_64.audit, decoded));
    }
  }

  @Test
  void aProcessMakesThreadsAndChildrenButNoNameSpaces() {
    for (byte[] filter :
        List.of(
            SystemCallFilter.strict(Machine.X86_64),
            SystemCallFilter.loose(Machine.X86_64, true))) {
      int audit = Machine.X86_64.audit;
      assertEquals(ALLOW, decide(filter, audit, 56, 0x3D0F00), "a thread");
      assertEquals(ALLOW, decide(filter, audit, 56, 0x01200011), "a child");
      for (int flag :
          List.of(
              0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)) {
        assertEquals(EPERM, decide(filter, audit, 56, flag | 17), "flag " + flag);
      }
      assertEquals(ENOSYS, decide(filter, audit, 435), "its flags can't be seen");
    }
  }

  @Test
  void aRendererOpensNoSocketButPairsOfOurs() {
    byte[] filter = SystemCallFilter.strict(Machine.X86_64);
    int audit = Machine.X86_64.audit;
    for (int family : List.of(1, 2, 10, 16, 17, 38, 40)) {
      assertEquals(EPERM, decide(filter, audit, 41, family, 1));
    }
    assertEquals(ALLOW, decide(filter, audit, 53, 1, 1));
    assertEquals(EPERM, decide(filter, audit, 53, 2, 1));
    assertEquals(ENOSYS, decide(filter, audit, 42), "connect");
  }

  @Test
  void whoDrawsHasNoInternetAndWhoTalksToItHasNothingElse() {
    int audit = Machine.X86_64.audit;
    byte[] display = SystemCallFilter.loose(Machine.X86_64, false);
    byte[] network = SystemCallFilter.loose(Machine.X86_64, true);
    for (int family : List.of(2, 10)) {
      assertEquals(EPERM, decide(display, audit, 41, family, 1));
      assertEquals(ALLOW, decide(network, audit, 41, family, 1));
    }
    for (int family : List.of(1, 16)) {
      assertEquals(ALLOW, decide(display, audit, 41, family, 1));
      assertEquals(ALLOW, decide(network, audit, 41, family, 1));
    }
    // Packets as they are, the kernel's cryptography, virtual machines' sockets.
    for (int family : List.of(17, 38, 40)) {
      assertEquals(EPERM, decide(network, audit, 41, family, 1));
    }
  }

  @Test
  void nobodyTypesAtTheTerminal() {
    int audit = Machine.X86_64.audit;
    for (byte[] filter :
        List.of(
            SystemCallFilter.strict(Machine.X86_64),
            SystemCallFilter.loose(Machine.X86_64, false))) {
      for (int request : List.of(0x5412, 0x541C, 0x5423)) {
        assertEquals(EPERM, decide(filter, audit, 16, 1, request));
      }
      assertEquals(ALLOW, decide(filter, audit, 16, 1, 0x5401), "is it a terminal?");
    }
    assertEquals(EPERM, decide(SystemCallFilter.strict(Machine.X86_64), audit, 16, 1, 0xC0086401));
    assertEquals(
        ALLOW, decide(SystemCallFilter.loose(Machine.X86_64, false), audit, 16, 1, 0xC0086401));
  }

  @ParameterizedTest
  @CsvSource({
    "X86_64, /usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "AARCH64, /usr/include/asm-generic/unistd.h"
  })
  void numbersAreTheKernels(Machine machine, Path header) throws IOException {
    assumeTrue(Files.exists(header), header + " is not there");
    Map<String, Integer> kernels = new HashMap<>();
    Matcher matcher =
        Pattern.compile("#define __NR(?:3264)?_(\\w+)\\s+(\\d+)\\s")
            .matcher(Files.readString(header));
    while (matcher.find()) {
      kernels.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
    }
    int known = 0;
    for (String calls : List.of(SystemCallFilter.ALLOWED, SystemCallFilter.DENIED)) {
      for (Map.Entry<Integer, String> call : numbers(calls, machine).entrySet()) {
        String name =
            machine == Machine.AARCH64 && call.getValue().equals("newfstatat")
                ? "fstatat"
                : call.getValue();
        // An older header has not all of them.
        if (kernels.containsKey(name)) {
          assertEquals(kernels.get(name), call.getKey(), name);
          known++;
        }
      }
    }
    assertTrue(known > 150, "only " + known + " were found in " + header);
  }
}
