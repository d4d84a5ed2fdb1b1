/** Files that a person gives to this window: dropped on the page, or opened with the app. They are granted as picked ones are: for reading, to this window's own document, for the session. */
import { pickedHandle } from 'socket:fs/web';
import { call, commandUrl } from 'socket:ipc';

export type Given = FileSystemFileHandle | FileSystemDirectoryHandle;
interface Taken { path: string; folder: boolean }
const handles = (taken: unknown): Given[] => (taken as Taken[]).map(({ path, folder }) => pickedHandle(path, folder));

/**
 * Handles of what was dropped, in the order of `dataTransfer.files`. Needs `ipc://window/takeDropped`. Call it in the handler of the event `drop`, before any `await`.
 * To change one is asked of the person by `createWritable` and `requestPermission`, which needs `ipc://window/requestFileWrite`.
 */
export async function droppedHandles(from: DragEvent | Iterable<File>): Promise<Given[]> {
  const files = [...(from instanceof DragEvent ? from.dataTransfer?.files ?? [] : from)];
  const slot = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
  // The host calls it, to ask Chromium where the files are: what a page says of that counts for nothing.
  const file = ((index: number) => files[index]) as unknown as EventListener;
  addEventListener(`dunlin:${slot}`, file);
  try {
    return handles(await call(commandUrl('window', 'takeDropped'), { slot, count: files.length }));
  } finally {
    removeEventListener(`dunlin:${slot}`, file);
  }
}
/**
 * Handles of the files that the person has opened with the app since it was asked last: those of the start and, after each event `applicationopenfiles` (`ipc.on`), of a second start.
 * Needs `ipc://window/takeOpened`.
 */
export async function openedHandles(): Promise<FileSystemFileHandle[]> {
  return handles(await call(commandUrl('window', 'takeOpened'))) as FileSystemFileHandle[];
}
export default { droppedHandles, openedHandles };
