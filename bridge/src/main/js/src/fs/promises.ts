/** Node's `fs/promises`. */
import { promises } from 'socket:fs';
export const { chmod, chown, cp, glob, lchown, link, lutimes, mkdtemp, opendir, readlink, statfs, symlink, utimes, watch, access, appendFile, copyFile, lstat, mkdir, open, readdir, readFile, realpath, rename, rm, rmdir, stat, truncate, unlink, writeFile, constants } = promises;
export { DirectoryHandle, fds, FileHandle, Stats, BigIntStats, Dirent, Dir, ReadStream, WriteStream, Watcher, StatFs } from 'socket:fs';
export default promises;
