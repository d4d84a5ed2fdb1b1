/** Node's `path`, both kinds: the npm package `path-unified`, which is Node's own code. Relative paths start at the app's `process.cwd()`. */
import host from 'socket:internal/host';
import * as npm from 'path-unified';
import { process, setCwd } from './shims/process.js';

export interface ParsedPath { root: string; dir: string; base: string; ext: string; name: string }
export interface PlatformPath {
  resolve(...paths: string[]): string;
  normalize(path: string): string;
  isAbsolute(path: string): boolean;
  join(...paths: string[]): string;
  relative(from: string, to: string): string;
  toNamespacedPath(path: string): string;
  dirname(path: string): string;
  basename(path: string, suffix?: string): string;
  extname(path: string): string;
  format(parts: Partial<ParsedPath>): string;
  parse(path: string): ParsedPath;
  readonly sep: '/' | '\\';
  readonly delimiter: ':' | ';';
  /** The folder relative paths start at. */
  cwd(): string;
  readonly posix: PlatformPath;
  readonly win32: PlatformPath;
}

/** The folder relative paths start at. */
export const cwd = (): string => process.cwd();
/** @internal for `process.chdir` */
export const _setCwd: (path: string) => void = setCwd;

const make = (kind: object): PlatformPath => ({ ...kind, cwd }) as PlatformPath;
export const posix: PlatformPath = make(npm.posix);
export const win32: PlatformPath = make(npm.win32);
for (const kind of [posix, win32]) Object.assign(kind, { posix, win32 });

const native = host.platform === 'win32' ? win32 : posix;
export const { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, sep, delimiter } = native;

const known = host.paths;
export const DOWNLOADS: string | null = known.downloads ?? null;
export const DOCUMENTS: string | null = known.documents ?? null;
export const PICTURES: string | null = known.pictures ?? null;
export const DESKTOP: string | null = known.desktop ?? null;
export const VIDEOS: string | null = known.videos ?? null;
export const MUSIC: string | null = known.music ?? null;
export const RESOURCES: string | null = known.resources ?? null;
export const CONFIG: string | null = known.config ?? null;
export const MEDIA: string | null = known.media ?? null;
export const DATA: string | null = known.data ?? null;
export const LOG: string | null = known.log ?? null;
export const TMP: string | null = known.tmp ?? null;
export const HOME: string | null = known.home ?? null;

export default native;
