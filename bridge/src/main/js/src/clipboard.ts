/** The system's clipboard, by policy and without a prompt. Each call needs a source: `ipc://clipboard/readText` and so on; `[permissions] allow_clipboard = false` takes all away. See docs/menus.md. */
import { call, callBytes, commandUrl, write } from 'socket:ipc';

/** The text; empty if there is none. */
export const readText = async (): Promise<string> => (await call(commandUrl('clipboard', 'readText')) as string | null) ?? '';
/** The text as HTML; empty if there is none. */
export const readHTML = async (): Promise<string> => (await call(commandUrl('clipboard', 'readHTML')) as string | null) ?? '';
/** The picture as PNG; null if there is none. */
export async function readImage(): Promise<Blob | null> {
  const bytes = await callBytes(commandUrl('clipboard', 'readImage'));
  return bytes.byteLength === 0 ? null : new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' });
}
export const writeText = async (text: string): Promise<void> => { await call(commandUrl('clipboard', 'writeText'), { text: String(text) }); };
/** @param text for programs that take no HTML */
export const writeHTML = async (html: string, text: string = ''): Promise<void> => { await call(commandUrl('clipboard', 'writeHTML'), { html: String(html), text: String(text) }); };
/** @param image a PNG, JPEG, GIF or BMP */
export async function writeImage(image: Blob | Uint8Array | ArrayBuffer): Promise<void> {
  const { err } = await write('clipboard.writeImage', {}, image);
  if (err) throw err;
}
export default { readHTML, readImage, readText, writeHTML, writeImage, writeText };
