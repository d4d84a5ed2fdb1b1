/** Open files and folders. */
import { DirectoryHandle, FileHandle } from 'socket:fs';
export { DirectoryHandle, FileHandle };
export default { DirectoryHandle, FileHandle };
