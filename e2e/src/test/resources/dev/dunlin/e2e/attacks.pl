# Tries what a page could that has taken over its process, and prints how each try ended: SandboxSuite. Numbers of x86-64.
use strict;
$| = 1;
my ($file, $port, $socket, $pid) = @ARGV;
my %names = (1 => 'EPERM', 2 => 'ENOENT', 3 => 'ESRCH', 13 => 'EACCES', 30 => 'EROFS', 38 => 'ENOSYS');

sub say_of {
  my ($name, $done) = @_;
  print "$name=", $done ? 'done' : $names{$! + 0} || $! + 0, "\n";
}

sub try {
  my ($name, @call) = @_;
  say_of($name, syscall($call[0], @call[1 .. $#call]) >= 0);
}

sub list {
  my ($name, $folder) = @_;
  if (opendir(my $in, $folder)) {
    print "$name=", join(' ', sort grep { !/^\./ } readdir $in), "\n";
  } else {
    say_of($name, 0);
  }
}

sub connecting {
  my ($name, $family, $type, $address) = @_;
  my $s;
  say_of($name, socket($s, $family, $type, 0) && connect($s, $address));
}

# What an honest process does.
say_of('write-tmp', open(my $tmp, '>', '/tmp/attack') && unlink('/tmp/attack'));
say_of('socketpair', socketpair(my $one, my $other, 1, 1, 0));
my $child = fork();
exit 0 if defined $child && $child == 0;
say_of('fork', defined $child && waitpid($child, 0) == $child);

say_of('open-file-of-the-person', open(my $f1, '<', $file));
say_of('open-shadow', open(my $f2, '<', '/etc/shadow'));
say_of('open-passwd', open(my $f3, '<', '/etc/passwd'));
say_of('open-memory-of-the-runtime', open(my $f4, '<', "/proc/$pid/mem"));
say_of('open-kernel-memory', open(my $f5, '<', '/dev/mem'));
say_of('write-engine', open(my $f6, '>>', '/run/engine/icudtl.dat'));
say_of('write-root', open(my $f7, '>', '/attack') && unlink('/attack'));
list('root', '/');
list('home', '/home');
list('proc', '/proc');
list('dev', '/dev');
say_of('run-shell', system({ '/bin/sh' } '/bin/sh', '-c', ':') == 0);

my $loopback = pack('S n C4 x8', 2, $port, 127, 0, 0, 1);
connecting('tcp', 2, 1, $loopback);
connecting('udp', 2, 2, $loopback);
connecting('unix', 1, 1, pack('S a108', 1, $socket));
say_of('netlink', socket(my $s1, 16, 3, 0));
say_of('packet', socket(my $s2, 17, 3, 0));
say_of('vsock', socket(my $s3, 40, 1, 0));

say_of('kill', kill(0, $pid));
try('ptrace', 101, 0x4206, $pid + 0, 0, 0);
try('read-memory', 310, $pid + 0, 0, 0, 0, 0, 0);
my $clone = syscall(56, 0x10000011, 0, 0, 0, 0);
exit 0 if $clone == 0;
say_of('clone-user', $clone > 0);
# No such kind of file system: what gets as far as that may mount (ENODEV, 19).
my $where = '/';
my $kind = 'none such';
try('mount', 165, $kind, $where, $kind, 0, 0);
try('chroot', 161, $where);
my ($user, $key, $secret) = ('user', 'dunlin-e2e', 'x');
try('add-key', 248, $user, $key, $secret, 1, -2);
my $zeros = "\0" x 256;
try('io-uring', 425, 4, $zeros);
$zeros = "\0" x 256;
try('bpf', 321, 0, $zeros, 72);
try('perf', 298, $zeros, 0, -1, -1, 0);
try('userfaultfd', 323, 1);
try('setns', 308, 0, 0);
# There is one of this name (EEXIST, 17).
try('mknod', 133, $where, 0020600, 0x0101);
say_of('type-at-terminal', ioctl(STDIN, 0x5412, my $character = 'x'));
try('x32', 0x40000000 | 39);
try('unshare-user', 272, 0x10000000);

print 'environment=', join(' ', sort keys %ENV), "\n";
