/** What the page saves by links with `download` and by attachments. Needs a source for the folder: `ipc://download/save/$DOWNLOADS/` (docs/engine-services.md). */
import { call, commandUrl } from 'socket:ipc';

/** `path` is where it will be, once it is `done`. `total` is 0 if the server does not say; `code` and `message` say why it `failed`. */
export interface Download {
  readonly id: string; readonly url: string; readonly path: string; readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly received: number; readonly total: number; readonly code?: string; readonly message?: string;
}
const act = async (command: string, id: string): Promise<void> => { await call(`ipc://handle/download/${command}/${id}`); };

/** Downloads of this window; they end with its document. Each change is an event `download` of the window, with a {@link Download} as its `detail`. */
export const downloads = Object.freeze({
  /** Where they go from now on, instead of the person's folder for downloads. Needs `ipc://download/folder/<path>`, and `save` there. */
  setFolder: async (path: string): Promise<void> => { await call(commandUrl('download', 'folder', path)); },
  /** Saves what a URL of the app's origin, a `blob:` or `data:` URL has, as a click on a link does. */
  start(url: string | URL, name: string): void {
    const link = globalThis.document.createElement('a');
    link.href = String(url);
    link.download = name;
    link.click();
  },
  pause: (id: string): Promise<void> => act('pause', id),
  resume: (id: string): Promise<void> => act('resume', id),
  cancel: (id: string): Promise<void> => act('cancel', id),
  /** Hears of every change. */
  on(listener: (download: Download) => void): () => void {
    const heard = (event: Event): void => listener((event as CustomEvent<Download>).detail);
    globalThis.addEventListener('download', heard);
    return () => globalThis.removeEventListener('download', heard);
  },
});
export default downloads;
