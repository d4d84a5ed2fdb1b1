/** Node's `stream/consumers`. */
import { Buffer, type Buffer as Bytes } from 'socket:buffer';

type Source = AsyncIterable<unknown> | Iterable<unknown>;
async function bytes(source: Source): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : ArrayBuffer.isView(chunk) ? new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength) : new Uint8Array(chunk as ArrayBuffer));
  return Buffer.concat(chunks);
}
export const buffer: (source: Source) => Promise<Bytes> = bytes;
export async function arrayBuffer(source: Source): Promise<ArrayBuffer> {
  const all = await bytes(source);
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength);
}
export async function blob(source: Source): Promise<Blob> { return new Blob([await bytes(source)]); }
export async function text(source: Source): Promise<string> { return new TextDecoder().decode(await bytes(source)); }
export async function json(source: Source): Promise<unknown> { return JSON.parse(await text(source)); }
export default { arrayBuffer, blob, buffer, json, text };
