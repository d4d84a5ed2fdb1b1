/** Folders and their entries. */
import { Dir, Dirent } from 'socket:fs';
export { Dir, Dirent };
/** The order of two entries by name. */
export function sortDirectoryEntries(a: string | Dirent, b: string | Dirent): number {
  const first = typeof a === 'string' ? a : a.name, second = typeof b === 'string' ? b : b.name;
  return first < second ? -1 : first > second ? 1 : 0;
}
export default { Dir, Dirent, sortDirectoryEntries };
