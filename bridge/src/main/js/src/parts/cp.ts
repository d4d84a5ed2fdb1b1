/** Node's `cp`: a tree is copied file by file. */
import { dirname, isAbsolute, join, parse, resolve, sep } from 'socket:path';

type Op<T> = Generator<any, T, any>;
interface Found { readonly ino: bigint; readonly dev: bigint; readonly mode: bigint; readonly atime: Date; readonly mtime: Date; isDirectory(): boolean; isFile(): boolean; isSymbolicLink(): boolean; isSocket(): boolean; isFIFO(): boolean; isCharacterDevice(): boolean; isBlockDevice(): boolean }
/** What copying is made of. */
export interface Disk {
  stat(path: string, follow: boolean): Op<Found | undefined>;
  copyFile(from: string, to: string): Op<unknown>;
  mkdir(path: string): Op<unknown>;
  chmod(path: string, mode: number): Op<unknown>;
  utimes(path: string, stats: Found): Op<unknown>;
  readdir(path: string): Op<string[]>;
  unlink(path: string): Op<unknown>;
  symlink(target: string, path: string): Op<unknown>;
  readlink(path: string): Op<string>;
  wait(value: unknown): Op<unknown>;
}
export interface CopyOptions {
  dereference?: boolean; errorOnExist?: boolean; filter?: (source: string, destination: string) => boolean | Promise<boolean>; force?: boolean; preserveTimestamps?: boolean; recursive?: boolean; verbatimSymlinks?: boolean; mode?: number;
}

const WORDS: { readonly [code: string]: readonly [text: string, errno: number] } = {
  ERR_FS_CP_EINVAL: ['Invalid src or dest', 22], ERR_FS_CP_DIR_TO_NON_DIR: ['Cannot overwrite non-directory with directory', 21], ERR_FS_CP_NON_DIR_TO_DIR: ['Cannot overwrite directory with non-directory', 20],
  ERR_FS_CP_EEXIST: ['Target already exists', 17], ERR_FS_CP_SOCKET: ['Cannot copy a socket file', 22], ERR_FS_CP_FIFO_PIPE: ['Cannot copy a FIFO pipe', 22], ERR_FS_CP_UNKNOWN: ['Cannot copy an unknown file type', 22],
  ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY: ['Cannot overwrite symlink in subdirectory of self', 22], ERR_FS_EISDIR: ['Recursive option not enabled, cannot copy a directory', 21],
};
const NAMES: { readonly [errno: number]: string } = { 17: 'EEXIST', 20: 'ENOTDIR', 21: 'EISDIR', 22: 'EINVAL' };
function refused(code: string, message: string, path: string): Error {
  const [text, errno] = WORDS[code]!;
  return Object.assign(new Error(`${text}: cp returned ${NAMES[errno]} (${message}) ${path}`), { name: 'SystemError', code, errno, syscall: 'cp', path });
}
const same = (a: Found, b: Found): boolean => a.ino !== 0n && a.ino === b.ino && a.dev === b.dev;
function within(folder: string, path: string): boolean {
  const outer = resolve(folder).split(sep).filter(Boolean), inner = resolve(path).split(sep).filter(Boolean);
  return outer.every((segment, i) => inner[i] === segment);
}

export function* copyTree(disk: Disk, src: string, dest: string, options: CopyOptions): Op<void> {
  const follow = options.dereference === true, force = options.force !== false;
  const allows = function* (from: string, to: string): Op<boolean> { return options.filter === undefined || Boolean(yield* disk.wait(options.filter(from, to))); };
  function* check(from: string, to: string): Op<[Found, Found | undefined]> {
    const source = yield* disk.stat(from, follow);
    // Asked again only to fail in the usual way.
    if (source === undefined) return yield* missing(from);
    const target = yield* disk.stat(to, follow);
    if (target !== undefined) {
      if (same(source, target)) throw refused('ERR_FS_CP_EINVAL', 'src and dest cannot be the same', to);
      if (source.isDirectory() && !target.isDirectory()) throw refused('ERR_FS_CP_DIR_TO_NON_DIR', `cannot overwrite non-directory ${to} with directory ${from}`, to);
      if (!source.isDirectory() && target.isDirectory()) throw refused('ERR_FS_CP_NON_DIR_TO_DIR', `cannot overwrite directory ${to} with non-directory ${from}`, to);
    }
    if (source.isDirectory() && within(from, to)) throw refused('ERR_FS_CP_EINVAL', `cannot copy ${from} to a subdirectory of self ${to}`, to);
    return [source, target];
  }
  function* missing(path: string): Op<never> {
    const error = new Error(`ENOENT: no such file or directory, ${follow ? 'stat' : 'lstat'} '${path}'`);
    throw Object.assign(error, { code: 'ENOENT', errno: -2, syscall: follow ? 'stat' : 'lstat', path });
  }
  /** No folder above the target may be the source. */
  function* checkAbove(source: Found, from: string, to: string): Op<void> {
    const folder = resolve(dirname(to));
    if (folder === resolve(dirname(from)) || folder === parse(folder).root) return;
    const above = yield* disk.stat(folder, true);
    if (above === undefined) return;
    if (same(source, above)) throw refused('ERR_FS_CP_EINVAL', `cannot copy ${from} to a subdirectory of self ${to}`, to);
    yield* checkAbove(source, from, folder);
  }
  function* copyFile(source: Found, from: string, to: string): Op<void> {
    yield* disk.copyFile(from, to);
    if (options.preserveTimestamps === true) {
      if ((source.mode & 0o200n) === 0n) yield* disk.chmod(to, Number(source.mode) | 0o200);
      yield* disk.utimes(to, (yield* disk.stat(from, true))!);
    }
    yield* disk.chmod(to, Number(source.mode));
  }
  function* copyLink(target: Found | undefined, from: string, to: string): Op<void> {
    const absolute = (link: string, of: string) => (options.verbatimSymlinks !== true && !isAbsolute(link) ? resolve(dirname(of), link) : link);
    const leads = absolute(yield* disk.readlink(from), from);
    if (target === undefined) { yield* disk.symlink(leads, to); return; }
    let before: string;
    try {
      before = yield* disk.readlink(to);
    } catch (error) {
      if ((error as { code?: string }).code !== 'EINVAL') throw error;
      yield* disk.symlink(leads, to);
      return;
    }
    before = isAbsolute(before) ? before : resolve(dirname(to), before);
    if (within(leads, before)) throw refused('ERR_FS_CP_EINVAL', `cannot copy ${leads} to a subdirectory of self ${before}`, to);
    const source = yield* disk.stat(from, true);
    if (source?.isDirectory() === true && within(before, leads)) throw refused('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', `cannot overwrite ${before} with ${leads}`, to);
    yield* disk.unlink(to);
    yield* disk.symlink(leads, to);
  }
  function* copy(source: Found, target: Found | undefined, from: string, to: string): Op<void> {
    if (source.isDirectory()) {
      if (options.recursive !== true) throw refused('ERR_FS_EISDIR', `${from} is a directory (not copied)`, from);
      if (target === undefined) yield* disk.mkdir(to);
      for (const name of yield* disk.readdir(from)) {
        const inFrom = join(from, name), inTo = join(to, name);
        if (!(yield* allows(inFrom, inTo))) continue;
        const [inner, innerTarget] = yield* check(inFrom, inTo);
        yield* copy(inner, innerTarget, inFrom, inTo);
      }
      if (target === undefined) yield* disk.chmod(to, Number(source.mode));
    } else if (source.isFile() || source.isCharacterDevice() || source.isBlockDevice()) {
      if (target === undefined) yield* copyFile(source, from, to);
      else if (force) {
        yield* disk.unlink(to);
        yield* copyFile(source, from, to);
      } else if (options.errorOnExist === true) {
        throw refused('ERR_FS_CP_EEXIST', `${to} already exists`, to);
      }
    } else if (source.isSymbolicLink()) {
      yield* copyLink(target, from, to);
    } else {
      throw refused(source.isSocket() ? 'ERR_FS_CP_SOCKET' : source.isFIFO() ? 'ERR_FS_CP_FIFO_PIPE' : 'ERR_FS_CP_UNKNOWN', `cannot copy ${to}`, to);
    }
  }
  const [source, target] = yield* check(src, dest);
  yield* checkAbove(source, src, dest);
  if (!(yield* allows(src, dest))) return;
  if ((yield* disk.stat(dirname(dest), true)) === undefined) yield* disk.mkdir(dirname(dest));
  yield* copy(source, target, src, dest);
}
