/** Files that a person drags out of this window, and those that a person gives to it: dropped on the page, or opened with the app. These are granted as picked ones are: for reading, to this window's own document, for the session. */
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
/**
 * Drags files out of the window, for another program to take: call it in a handler of `dragstart`, after `preventDefault()`. Each needs a source such as `ipc://window/dragFile/$DOCUMENTS/`.
 * @param options `icon`: a picture of the app's, beside the pointer; without one, the file's name
 * @returns `'copy'` once a program has them, `'none'` if the person drops them nowhere
 */
export async function dragFiles(paths: string | readonly string[], options: { icon?: string } = {}): Promise<'copy' | 'none'> {
  const all = typeof paths === 'string' ? [paths] : [...paths];
  if (all.length === 0) throw new TypeError('dragFiles needs the path of a file');
  let taken: unknown;
  for (const [at, path] of all.entries()) {
    taken = await call(commandUrl('window', 'dragFile', path), { first: at === 0, more: at < all.length - 1, ...(options.icon === undefined ? {} : { icon: options.icon }) });
  }
  return taken as 'copy' | 'none';
}
export default { droppedHandles, openedHandles, dragFiles };
