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

export type PathComponent = string | URL | Path;
function text(component: PathComponent): string {
  if (typeof component === 'string') return component;
  if (component instanceof Path) return component.value;
  const path = decodeURIComponent(component.pathname);
  return native.sep === '\\' ? path.replace(/^\/(?=[A-Za-z]:)/, '') : path;
}
/** A path as an object: its parts, and its `file:` URL. */
export class Path {
  /** @param directory what a relative path starts at when it becomes a URL */
  static from(input: PathComponent, directory: string = native.cwd()): Path { return new Path(text(input), directory); }
  /** As it was given. */
  readonly source: string;
  /** Normalised. */
  readonly value: string;
  readonly #directory: string;
  protected constructor(source: string, directory: string) {
    this.source = source;
    this.value = native.normalize(source);
    this.#directory = directory;
  }
  get url(): URL { return this.toURL(); }
  get pathname(): string { return this.toURL().pathname; }
  get protocol(): string { return 'file:'; }
  get href(): string { return this.toURL().href; }
  get isRelative(): boolean { return !native.isAbsolute(this.source); }
  get parent(): string { return native.dirname(this.value); }
  get root(): string { return native.parse(this.value).root; }
  get dir(): string { return native.parse(this.value).dir; }
  get base(): string { return native.parse(this.value).base; }
  get name(): string { return native.parse(this.value).name; }
  get ext(): string { return native.parse(this.value).ext; }
  /** `C:` of a Windows path. */
  get drive(): string { return /^[A-Za-z]:/.exec(this.value)?.[0] ?? ''; }
  toURL(): URL {
    const all = native.resolve(this.#directory, this.value).split(native.sep), [first = ''] = all;
    return new URL('file://' + (first === '' ? '' : '/') + all.map((part, at) => (at === 0 ? part : encodeURIComponent(part))).join('/'));
  }
  toString(): string { return this.value; }
}
/** What `[webview.navigator.mounts]` shows the page of other folders. */
export const mounts: Readonly<Record<string, string>> = Object.freeze(Object.fromEntries(
  Object.entries(host.config).filter(([name]) => name.startsWith('webview_navigator_mounts_')).map(([name, value]) => [name.slice('webview_navigator_mounts_'.length), String(value)])));

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
