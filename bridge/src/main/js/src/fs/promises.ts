/** Node's `fs/promises`. */
import { promises } from 'socket:fs';
export const { access, appendFile, copyFile, lstat, mkdir, open, readdir, readFile, realpath, rename, rm, rmdir, stat, truncate, unlink, writeFile, constants } = promises;
export { FileHandle, Stats, BigIntStats, Dirent } from 'socket:fs';
export default promises;
