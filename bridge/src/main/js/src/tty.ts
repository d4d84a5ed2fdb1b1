/** Node's `tty`: a page has no terminal; its output goes to the host's. */
import { integer } from 'socket:internal/args';
import process from 'socket:process';
import { Readable as ReadableStream, Writable as WritableStream, type Readable, type Writable } from 'socket:stream';
export type WriteStream = Writable & { readonly fd: number; readonly isTTY: boolean };
export type ReadStream = Readable & { readonly fd: number; readonly isTTY: boolean };
/** Output to the host's standard output (1) or error (2). */
export const WriteStream: { new (fd: number): WriteStream; (fd: number): WriteStream } = function WriteStream(fd: number): WriteStream {
  const target = integer(fd, 'fd', 1, 2) === 1 ? process.stdout : process.stderr;
  return Object.assign(new WritableStream({ decodeStrings: false, write: (chunk: string | Uint8Array, _encoding, callback) => void target.write(chunk, callback) }), { fd, isTTY: false });
} as never;
/** Text that arrives as `process.stdin` events. */
export const ReadStream: { new (fd: number): ReadStream; (fd: number): ReadStream } = function ReadStream(fd: number): ReadStream {
  integer(fd, 'fd', 0, 0);
  const heard = (event: Event): void => { stream.push((event as CustomEvent).detail); };
  const stream: Readable = new ReadableStream({ read() {}, destroy(error, callback) { globalThis.removeEventListener('process.stdin', heard); callback(error); } });
  globalThis.addEventListener('process.stdin', heard);
  return Object.assign(stream, { fd, isTTY: false });
} as never;
export function isatty(_fd: number): boolean { return false; }
export default { isatty, ReadStream, WriteStream };
