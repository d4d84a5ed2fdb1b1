/** The functions of `socket:path` with the kind of path first: `{ sep: '\\' }` or `{ sep: '/' }`. */
import host from 'socket:internal/host';
import { type ParsedPath, Path, type PathComponent, type PlatformPath, posix, win32 } from 'socket:path';
export { Path, type PathComponent };
export interface PathOptions { sep?: string }
const kind = (options: PathOptions | null | undefined): PlatformPath => (options?.sep === undefined ? (host.platform === 'win32' ? win32 : posix) : options.sep === win32.sep ? win32 : posix);
const text = (component: PathComponent): string => (typeof component === 'string' ? component : Path.from(component).value);
export function origin(): string { return host.origin; }
export function cwd(options?: PathOptions): string { return kind(options).cwd(); }
export function resolve(options: PathOptions | null, ...components: PathComponent[]): string { return kind(options).resolve(...components.map(text)); }
export function join(options: PathOptions | null, ...components: PathComponent[]): string { return kind(options).join(...components.map(text)); }
export function relative(options: PathOptions | null, from: PathComponent, to: PathComponent): string { return kind(options).relative(text(from), text(to)); }
export function dirname(options: PathOptions | null, path: PathComponent): string { return kind(options).dirname(text(path)); }
export function basename(options: PathOptions | null, path: PathComponent, suffix?: string): string { return kind(options).basename(text(path), suffix); }
export function extname(options: PathOptions | null, path: PathComponent): string { return kind(options).extname(text(path)); }
export function normalize(options: PathOptions | null, path: PathComponent): string { return kind(options).normalize(text(path)); }
export function format(options: PathOptions | null, path: Partial<ParsedPath> | Path): string { return kind(options).format(path); }
export function parse(path: PathComponent): ParsedPath { return kind(null).parse(text(path)); }
export default Path;
