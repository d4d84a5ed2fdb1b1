package dev.dunlin.shell.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which system calls a process may make: a program for the kernel's seccomp filter, as {@code bwrap
 * --seccomp} reads it.
 *
 * <p>The program looks at the architecture, finds the call's number by binary search among the
 * numbers at which the decision changes, and for a few calls looks at one argument. What is
 * refused: {@code ENOSYS} for a call that the list does not know, so that the C library does
 * without it as on an older kernel; {@code EPERM} where the call is known and its use is refused.
 *
 * <p>Loops and arrays here, no lambdas, regular expressions nor collections: it is on the way of a
 * start, and runs once, which is before anything of it is compiled.
 */
final class SystemCallFilter {
  /** Whose calls: numbers differ. */
  enum Machine {
    X86_64(0xC000003E, 1),
    AARCH64(0xC00000B7, 2);

    final int audit;
    final int column;

    Machine(int audit, int column) {
      this.audit = audit;
      this.column = column;
    }

    /** That of {@code os.arch}. */
    static Machine of(String arch) {
      return arch.equals("aarch64") ? AARCH64 : X86_64;
    }
  }

  /** What a process needs that computes, and gets and gives files and memory through messages. */
  static final String ALLOWED =
      """
      read:0:63 write:1:64 open:2:- openat:257:56 close:3:57 stat:4:- fstat:5:80 lstat:6:-
      newfstatat:262:79 statx:332:291 poll:7:- ppoll:271:73 lseek:8:62 mmap:9:222 mprotect:10:226
      munmap:11:215 mremap:25:216 madvise:28:233 brk:12:214 rt_sigaction:13:134 rt_sigprocmask:14:135
      rt_sigreturn:15:139 rt_sigtimedwait:128:137 rt_sigsuspend:130:133 rt_sigpending:127:136
      sigaltstack:131:132 pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66 preadv:295:69
      pwritev:296:70 access:21:- faccessat:269:48 faccessat2:439:439 pipe:22:- pipe2:293:59 select:23:-
      pselect6:270:72 sched_yield:24:124 mincore:27:232 msync:26:227 mlock:149:228 munlock:150:229
      dup:32:23 dup2:33:- dup3:292:24 nanosleep:35:101 clock_nanosleep:230:115 getpid:39:172
      gettid:186:178 getppid:110:173 getuid:102:174 geteuid:107:175 getgid:104:176 getegid:108:177
      getresuid:118:148 getresgid:120:150 getpgrp:111:- getpgid:121:155 getsid:124:156 sendto:44:206
      recvfrom:45:207 sendmsg:46:211 recvmsg:47:212 sendmmsg:307:269 recvmmsg:299:243 shutdown:48:210
      getsockname:51:204 getpeername:52:205 setsockopt:54:208 getsockopt:55:209 fork:57:- vfork:58:-
      execve:59:221 exit:60:93 exit_group:231:94 wait4:61:260 waitid:247:95 kill:62:129 tgkill:234:131
      uname:63:160 fcntl:72:25 flock:73:32 fsync:74:82 fdatasync:75:83 truncate:76:45 ftruncate:77:46
      fallocate:285:47 getdents:78:- getdents64:217:61 getcwd:79:17 chdir:80:49 fchdir:81:50
      rename:82:- renameat:264:38 renameat2:316:276 mkdir:83:- mkdirat:258:34 rmdir:84:- unlink:87:-
      unlinkat:263:35 readlink:89:- readlinkat:267:78 chmod:90:- fchmod:91:52 fchmodat:268:53
      umask:95:166 gettimeofday:96:169 getrlimit:97:163 setrlimit:160:164 prlimit64:302:261
      getrusage:98:165 sysinfo:99:179 times:100:153 capget:125:90 capset:126:91 prctl:157:167
      arch_prctl:158:- getpriority:140:141 setpriority:141:140 sched_setparam:142:118
      sched_getparam:143:121 sched_setscheduler:144:119 sched_getscheduler:145:120
      sched_get_priority_max:146:125 sched_get_priority_min:147:126 sched_setaffinity:203:122
      sched_getaffinity:204:123 sched_setattr:314:274 sched_getattr:315:275 time:201:- futex:202:98
      set_tid_address:218:96 set_robust_list:273:99 get_robust_list:274:100 restart_syscall:219:128
      fadvise64:221:223 clock_gettime:228:113 clock_getres:229:114 timer_create:222:107
      timer_settime:223:110 timer_gettime:224:108 timer_getoverrun:225:109 timer_delete:226:111
      epoll_create:213:- epoll_create1:291:20 epoll_ctl:233:21 epoll_wait:232:- epoll_pwait:281:22
      epoll_pwait2:441:441 eventfd:284:- eventfd2:290:19 timerfd_create:283:85 timerfd_settime:286:86
      timerfd_gettime:287:87 memfd_create:319:279 getrandom:318:278 membarrier:324:283 rseq:334:293
      close_range:436:436 pkey_alloc:330:289 pkey_mprotect:329:288 pkey_free:331:290 statfs:137:43
      fstatfs:138:44 getcpu:309:168
      """;

  /**
   * What no helper of Chromium needs and what has led out of sandboxes: mounts, modules, other
   * processes' memory, keys, asynchronous ways around this filter.
   */
  static final String DENIED =
      """
      acct:163:89 add_key:248:217 bpf:321:280 chroot:161:51 delete_module:176:106 fanotify_init:300:262
      finit_module:313:273 fsconfig:431:431 fsmount:432:432 fsopen:430:430 fspick:433:433
      get_mempolicy:239:236 init_module:175:105 io_uring_enter:426:426 io_uring_register:427:427
      io_uring_setup:425:425 ioperm:173:- iopl:172:- kexec_file_load:320:294 kexec_load:246:104
      keyctl:250:219 lookup_dcookie:212:18 mbind:237:235 memfd_secret:447:447 migrate_pages:256:238
      mount:165:40 mount_setattr:442:442 move_mount:429:429 move_pages:279:239
      name_to_handle_at:303:264 open_by_handle_at:304:265 open_tree:428:428 perf_event_open:298:241
      personality:135:92 pidfd_getfd:438:438 pivot_root:155:41 process_madvise:440:440
      process_vm_readv:310:270 process_vm_writev:311:271 ptrace:101:117 quotactl:179:60 reboot:169:142
      request_key:249:218 set_mempolicy:238:237 setns:308:268 sethostname:170:161 setdomainname:171:162
      swapoff:168:225 swapon:167:224 syslog:103:116 umount2:166:39 unshare:272:97 userfaultfd:323:282
      uselib:134:- vhangup:153:58 modify_ldt:154:-
      """;

  private static final String CLONE = "clone:56:220";
  private static final String CLONE3 = "clone3:435:435";
  private static final String IOCTL = "ioctl:16:29";
  private static final String SOCKET = "socket:41:198";
  private static final String SOCKETPAIR = "socketpair:53:199";

  /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
  private static final int CLONE_NEW = 0x7E020000;

  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_NETLINK = 16;

  /** TIOCSTI, TIOCLINUX and TIOCSETD: they type at, and command, the terminal. */
  private static final int[] TERMINAL = {0x5412, 0x541C, 0x5423};

  /** TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: what is asked of files and pipes. */
  private static final int[] FILE_REQUESTS = {0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451};

  private static final int[] UNIX = {AF_UNIX};
  private static final int[] LOCAL = {AF_UNIX, AF_NETLINK};
  private static final int[] INTERNET = {AF_UNIX, AF_NETLINK, AF_INET, AF_INET6};

  /** Above every number in the lists. */
  private static final int NUMBERS = 512;

  private static final int ALLOW = 0x7FFF0000;
  private static final int KILL = 0x80000000;
  private static final int REFUSE = 0x00050000;
  private static final int EPERM = REFUSE | 1;
  private static final int ENOSYS = REFUSE | 38;

  /** Of struct seccomp_data: number, architecture, lower half of the first argument. */
  private static final int NUMBER = 0;

  private static final int ARCHITECTURE = 4;
  private static final int ARGUMENTS = 16;
  private static final int ARGUMENT_BYTES = 8;

  /** Numbers from here on are x86's third set of calls (x32), in which no list here is written. */
  private static final int X32 = 0x40000000;

  private static final int LOAD = 0x20;
  private static final int JUMP = 0x05;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_AT_LEAST = 0x35;
  private static final int JUMP_IF_ANY_BIT = 0x45;
  private static final int RETURN = 0x06;

  /** Farthest conditional jump, in instructions. */
  private static final int NEAR = 255;

  private final Machine machine;

  // What is decided for a number: instructions. The very same array where one decision holds for
  // several.
  private final long[][] decisions = new long[NUMBERS][];

  // Numbers at which the decision changes, and to which.
  private final int[] firsts = new int[NUMBERS + 1];
  private final long[][] ranges = new long[NUMBERS + 1][];

  // The program, written from its end on: a jump tells how much comes after it.
  private long[] steps;
  private int start;

  private SystemCallFilter(Machine machine, int unknown) {
    this.machine = machine;
    Arrays.fill(decisions, answer(unknown));
  }

  /** For renderers: what is not needed is refused. */
  static byte[] strict(Machine machine) {
    SystemCallFilter filter = new SystemCallFilter(machine, ENOSYS);
    filter.put(ALLOWED, answer(ALLOW));
    // What is known, and known to be refused, is told apart from what this kernel does not have.
    filter.put(DENIED, answer(EPERM));
    filter.put(IOCTL, ifOneOf(1, FILE_REQUESTS, ALLOW, EPERM));
    filter.put(SOCKET, answer(EPERM));
    filter.put(SOCKETPAIR, ifOneOf(0, UNIX, ALLOW, EPERM));
    return filter.program();
  }

  /**
   * For helpers that talk to the machine: what is dangerous is refused.
   *
   * @param network whether it may open sockets of the internet
   */
  static byte[] loose(Machine machine, boolean network) {
    SystemCallFilter filter = new SystemCallFilter(machine, ALLOW);
    filter.put(DENIED, answer(EPERM));
    filter.put(IOCTL, ifOneOf(1, TERMINAL, EPERM, ALLOW));
    filter.put(SOCKET, ifOneOf(0, network ? INTERNET : LOCAL, ALLOW, EPERM));
    filter.put(SOCKETPAIR, ifOneOf(0, UNIX, ALLOW, EPERM));
    return filter.program();
  }

  /**
   * @param calls words of a name and the number on each machine, with a dash where it has none
   */
  private void put(String calls, long[] decision) {
    int column = 0;
    int number = 0;
    boolean hasOne = false;
    for (byte c : (calls + " ").getBytes(StandardCharsets.US_ASCII)) {
      if (c == ':') {
        column++;
      } else if (c == ' ' || c == '\n') {
        if (hasOne) {
          decisions[number] = decision;
        }
        column = 0;
        number = 0;
        hasOne = false;
      } else if (column == machine.column && c != '-') {
        number = number * 10 + c - '0';
        hasOne = true;
      }
    }
  }

  private byte[] program() {
    put(CLONE, ifAnyBit(0, CLONE_NEW, EPERM, ALLOW));
    // Its flags are in memory, where a filter can't look. The C library takes clone in its place.
    put(CLONE3, answer(ENOSYS));
    int count = 0;
    int length = 0;
    for (int number = 0; number <= NUMBERS; number++) {
      long[] decision = number < NUMBERS ? decisions[number] : answer(ENOSYS);
      // Neighbours with one decision are one range.
      if (count == 0 || ranges[count - 1] != decision) {
        firsts[count] = number < NUMBERS ? number : X32;
        ranges[count++] = decision;
        length += decision.length;
      }
    }
    // With two instructions before each range, and four before all.
    steps = new long[length + 2 * count + 4];
    start = steps.length;
    search(0, count);
    add(step(LOAD, 0, 0, NUMBER));
    add(step(RETURN, 0, 0, KILL));
    add(step(JUMP_IF_EQUAL, 1, 0, machine.audit));
    add(step(LOAD, 0, 0, ARCHITECTURE));
    ByteBuffer bytes =
        ByteBuffer.allocate((steps.length - start) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = start; i < steps.length; i++) {
      bytes.putLong(steps[i]);
    }
    return bytes.array();
  }

  private void search(int from, int to) {
    if (to - from == 1) {
      long[] decision = ranges[from];
      start -= decision.length;
      System.arraycopy(decision, 0, steps, start, decision.length);
      return;
    }
    int middle = from + (to - from) / 2;
    search(from, middle);
    int below = start;
    search(middle, to);
    int above = below - start;
    if (above <= NEAR) {
      add(step(JUMP_IF_AT_LEAST, 0, above, firsts[middle]));
    } else {
      add(step(JUMP, 0, 0, above));
      add(step(JUMP_IF_AT_LEAST, 1, 0, firsts[middle]));
    }
  }

  private void add(long step) {
    steps[--start] = step;
  }

  /** One instruction, as a little-endian number: struct sock_filter. */
  private static long step(int code, long jumpIfTrue, long jumpIfFalse, long value) {
    return code | jumpIfTrue << 16 | jumpIfFalse << 24 | value << 32;
  }

  private static long[] answer(int result) {
    return new long[] {step(RETURN, 0, 0, result)};
  }

  private static long[] ifAnyBit(int argument, int bits, int then, int otherwise) {
    return new long[] {
      load(argument),
      step(JUMP_IF_ANY_BIT, 0, 1, bits),
      step(RETURN, 0, 0, then),
      step(RETURN, 0, 0, otherwise)
    };
  }

  private static long[] ifOneOf(int argument, int[] values, int then, int otherwise) {
    long[] steps = new long[values.length + 3];
    steps[0] = load(argument);
    for (int i = 0; i < values.length; i++) {
      steps[i + 1] = step(JUMP_IF_EQUAL, values.length - i, 0, values[i]);
    }
    steps[values.length + 1] = step(RETURN, 0, 0, otherwise);
    steps[values.length + 2] = step(RETURN, 0, 0, then);
    return steps;
  }

  /** The kernel takes the lower half alone of the arguments that are looked at here. */
  private static long load(int argument) {
    return step(LOAD, 0, 0, ARGUMENTS + argument * ARGUMENT_BYTES);
  }
}
