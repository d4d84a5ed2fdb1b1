/** Node's `path.win32`. */
import { win32, type PlatformPath } from 'socket:path';
export const { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, sep, delimiter, cwd } = win32;
export { mounts, Path, posix, win32, DOWNLOADS, DOCUMENTS, PICTURES, DESKTOP, VIDEOS, MUSIC, RESOURCES, CONFIG, MEDIA, DATA, LOG, TMP, HOME } from 'socket:path';
export type { ParsedPath, PathComponent, PlatformPath } from 'socket:path';
const path: PlatformPath = win32;
export default path;
