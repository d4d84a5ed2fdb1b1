/** A file system in memory, by what docs/bridge.md says of the `fs` commands. Paths are absolute, with slashes; there are no links. */
import { MockError } from './policy.js';

interface Entry { bytes: Uint8Array | undefined; mode: number; ino: number; birthMs: number; changedMs: number }
type Params = Readonly<Record<string, unknown>>;

const ERRNO: Record<string, [number, string]> = {
  ENOENT: [2, 'no such file or directory'], EEXIST: [17, 'file already exists'], ENOTDIR: [20, 'not a directory'], EISDIR: [21, 'illegal operation on a directory'],
  ENOTEMPTY: [39, 'directory not empty'], EBADF: [9, 'bad file descriptor'], EINVAL: [22, 'invalid argument'],
};
function fault(code: string, syscall: string, path: string): MockError {
  const [number, text] = ERRNO[code]!;
  return new MockError('Error', code, `${code}: ${text}, ${syscall} '${path}'`, { errno: -number, syscall, path });
}
const parent = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));
const plain = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);
const toBytes = (data: unknown): Uint8Array => (data instanceof Uint8Array ? data.slice() : new TextEncoder().encode(String(data)));

export class MemoryFiles {
  readonly #entries = new Map<string, Entry>();
  #lastIno = 0;
  /** @param files text or bytes by absolute path; a path that ends in a slash is an empty folder */
  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    this.#put('/', undefined);
    for (const [path, data] of Object.entries(files)) {
      if (!path.startsWith('/')) throw new TypeError(`'${path}' is not an absolute path`);
      this.makeFolder(path.endsWith('/') ? plain(path) : parent(path));
      if (!path.endsWith('/')) this.#put(path, toBytes(data));
    }
  }
  /** The bytes of a file, `undefined` if there is none. */
  bytes(path: string): Uint8Array | undefined { return this.#entries.get(plain(path))?.bytes; }
  text(path: string): string | undefined {
    const bytes = this.bytes(path);
    return bytes && new TextDecoder().decode(bytes);
  }
  has(path: string): boolean { return this.#entries.has(plain(path)); }
  /** Every path but the root, sorted; folders end in a slash. */
  list(): string[] { return [...this.#entries].filter(([path]) => path !== '/').map(([path, entry]) => (entry.bytes ? path : path + '/')).sort(); }
  /** Makes or replaces a file, and the folders that it is in. */
  write(path: string, data: string | Uint8Array): void {
    this.makeFolder(parent(path));
    this.#put(path, toBytes(data));
  }
  /** Makes a folder, and those that it is in. Answers the first that was made. */
  makeFolder(path: string): string | null {
    let at = '', first: string | null = null;
    for (const name of path.split('/')) {
      if (name === '') continue;
      at += '/' + name;
      const entry = this.#entries.get(at);
      if (entry?.bytes) throw fault('ENOTDIR', 'mkdir', path);
      if (!entry) {
        first ??= at;
        this.#put(at, undefined);
      }
    }
    return first;
  }
  #put(path: string, bytes: Uint8Array | undefined, mode = bytes ? 0o644 : 0o755): Entry {
    const now = Date.now(), old = this.#entries.get(path);
    const entry = { bytes, mode: old?.mode ?? mode, ino: old?.ino ?? ++this.#lastIno, birthMs: old?.birthMs ?? now, changedMs: now };
    this.#entries.set(path, entry);
    return entry;
  }
  #get(path: string, syscall: string): Entry {
    const entry = this.#entries.get(plain(path));
    if (!entry) throw fault('ENOENT', syscall, path);
    if (path.endsWith('/') && entry.bytes) throw fault('ENOTDIR', syscall, path);
    return entry;
  }
  #file(path: string, syscall: string): Uint8Array {
    const { bytes } = this.#get(path, syscall);
    if (!bytes) throw fault('EISDIR', syscall, path);
    return bytes;
  }
  /** The folder that something is to be made in must be there. */
  #room(path: string, syscall: string): void {
    const above = this.#entries.get(parent(plain(path)));
    if (!above) throw fault('ENOENT', syscall, path);
    if (above.bytes) throw fault('ENOTDIR', syscall, path);
  }
  #below(folder: string): string[] {
    const prefix = folder === '/' ? '/' : folder + '/';
    return [...this.#entries.keys()].filter(path => path.startsWith(prefix) && path !== '/');
  }
  #save(path: string, data: unknown, flag: string, mode: unknown): null {
    const old = this.#entries.get(plain(path));
    if (old && !old.bytes) throw fault('EISDIR', 'open', path);
    if (old && flag.includes('x')) throw fault('EEXIST', 'open', path);
    if (!old && flag.startsWith('r')) throw fault('ENOENT', 'open', path);
    this.#room(path, 'open');
    const bytes = toBytes(data);
    const before = flag.startsWith('a') ? (old?.bytes ?? new Uint8Array(0)) : new Uint8Array(0);
    const all = new Uint8Array(before.length + bytes.length);
    all.set(before);
    all.set(bytes, before.length);
    this.#put(path, all, typeof mode === 'number' ? mode & 0o755 : undefined);
    return null;
  }
  #stat(path: string, syscall: string): Record<string, unknown> {
    const { bytes, mode, ino, birthMs, changedMs } = this.#get(path, syscall);
    const ns = (ms: number): string => String(BigInt(ms) * 1_000_000n);
    return {
      dev: '1', mode: (bytes ? 0o100000 : 0o040000) | mode, nlink: '1', uid: '1000', gid: '1000', rdev: '0', blksize: '4096', ino: String(ino), size: String(bytes?.length ?? 4096),
      blocks: String(Math.ceil((bytes?.length ?? 4096) / 512)), atimeNs: ns(changedMs), mtimeNs: ns(changedMs), ctimeNs: ns(changedMs), birthtimeNs: ns(birthMs),
    };
  }

  /** The commands: each takes the path, the parameters and the body. */
  readonly commands: Readonly<Record<string, (path: string, params: Params, body: Uint8Array | undefined) => unknown>> = {
    'fs/access': path => (this.#get(path, 'access'), null),
    'fs/stat': path => this.#stat(path, 'stat'),
    'fs/lstat': path => this.#stat(path, 'lstat'),
    'fs/realpath': path => (this.#get(path, 'realpath'), plain(path)),
    'fs/readFile': (path, { encoding, start, end }) => {
      const bytes = this.#file(path, 'open').slice(Number(start ?? 0), end === undefined ? undefined : Number(end) + 1);
      return encoding === 'utf8' ? new TextDecoder().decode(bytes) : bytes;
    },
    'fs/writeFile': (path, { data, flag, mode }, body) => this.#save(path, body ?? data ?? '', String(flag ?? 'w'), mode),
    'fs/appendFile': (path, { data, flag, mode }, body) => this.#save(path, body ?? data ?? '', String(flag ?? 'a'), mode),
    'fs/readdir': path => {
      if (this.#get(path, 'scandir').bytes) throw fault('ENOTDIR', 'scandir', path);
      return this.#below(plain(path)).filter(one => parent(one) === plain(path)).sort().map(one => [one.slice(one.lastIndexOf('/') + 1), this.#entries.get(one)!.bytes ? 1 : 2]);
    },
    'fs/mkdir': (path, { recursive }) => {
      if (recursive) return this.makeFolder(path);
      if (this.has(path)) throw fault('EEXIST', 'mkdir', path);
      this.#room(path, 'mkdir');
      this.#put(plain(path), undefined);
      return null;
    },
    'fs/rm': (path, { recursive, force }) => {
      if (!this.has(path) && force) return null;
      if (!this.#get(path, 'rm').bytes && !recursive) throw fault('EISDIR', 'rm', path);
      for (const one of [...this.#below(plain(path)), plain(path)]) this.#entries.delete(one);
      return null;
    },
    'fs/rmdir': path => {
      if (this.#get(path, 'rmdir').bytes) throw fault('ENOTDIR', 'rmdir', path);
      if (this.#below(plain(path)).length > 0) throw fault('ENOTEMPTY', 'rmdir', path);
      this.#entries.delete(plain(path));
      return null;
    },
    'fs/unlink': path => {
      this.#file(path, 'unlink');
      this.#entries.delete(path);
      return null;
    },
    'fs/rename': (path, { dest }) => {
      const to = plain(String(dest)), from = plain(path), entry = this.#get(path, 'rename');
      this.#room(to, 'rename');
      if (to.startsWith(from + '/')) throw fault('EINVAL', 'rename', path);
      const there = this.#entries.get(to);
      if (there && to !== from) {
        if (there.bytes && !entry.bytes) throw fault('ENOTDIR', 'rename', path);
        if (!there.bytes && entry.bytes) throw fault('EISDIR', 'rename', path);
        if (!there.bytes && this.#below(to).length > 0) throw fault('ENOTEMPTY', 'rename', path);
      }
      for (const one of [from, ...this.#below(from)]) {
        const moved = this.#entries.get(one)!;
        this.#entries.delete(one);
        this.#entries.set(to + one.slice(from.length), moved);
      }
      return null;
    },
    'fs/copyFile': (path, { dest, mode }) => this.#save(String(dest), this.#file(path, 'copyfile'), Number(mode) & 1 ? 'wx' : 'w', undefined),
    'fs/chmod': (path, { mode }) => {
      this.#get(path, 'chmod').mode = Number(mode) & 0o7777;
      return null;
    },
  };
}
