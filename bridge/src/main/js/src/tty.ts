/** Node's `tty`: a page has no terminal; its output goes to the host's, its input is the host's. */
import { integer } from 'socket:internal/args';
import process from 'socket:process';
import { Writable as WritableStream, type Readable, type Writable } from 'socket:stream';
export type WriteStream = Writable & { readonly fd: number; readonly isTTY: boolean };
export type ReadStream = Readable & { readonly fd: number; readonly isTTY: boolean };
/** Output to the host's standard output (1) or error (2). */
export const WriteStream: { new (fd: number): WriteStream; (fd: number): WriteStream } = function WriteStream(fd: number): WriteStream {
  const target = integer(fd, 'fd', 1, 2) === 1 ? process.stdout : process.stderr;
  return Object.assign(new WritableStream({ decodeStrings: false, write: (chunk: string | Uint8Array, _encoding, callback) => void target.write(chunk, callback) }), { fd, isTTY: false });
} as never;
/** The host's standard input: there is one, `process.stdin`. */
export const ReadStream: { new (fd: number): ReadStream; (fd: number): ReadStream } = function ReadStream(fd: number): ReadStream {
  integer(fd, 'fd', 0, 0);
  return process.stdin;
} as never;
export function isatty(_fd: number): boolean { return false; }
export default { isatty, ReadStream, WriteStream };
