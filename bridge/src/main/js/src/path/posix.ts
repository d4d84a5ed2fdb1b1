/** Node's `path.posix`. */
import { posix, type PlatformPath } from 'socket:path';
export const { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, sep, delimiter, cwd } = posix;
export { mounts, Path, posix, win32, DOWNLOADS, DOCUMENTS, PICTURES, DESKTOP, VIDEOS, MUSIC, RESOURCES, CONFIG, MEDIA, DATA, LOG, TMP, HOME } from 'socket:path';
export type { ParsedPath, PathComponent, PlatformPath } from 'socket:path';
const path: PlatformPath = posix;
export default path;
