/**
 * The File System Access API. Each act of a file or handle is a command on its path. Of handles made from paths the page's policy decides; what the pickers give,
 * the person has granted to this window beyond that policy: such handles are for the window's own document, in no frame and no worker.
 */
import { createReadStream, type FileHandle, promises, type Stats, statSync } from 'socket:fs';
import { NotAllowedError, NotFoundError } from 'socket:errors';
import { call, commandUrl } from 'socket:ipc';
import { lookupSync } from 'socket:mime';
import { basename, join, relative, resolve, sep } from 'socket:path';

export const kFileSystemHandleFullName: unique symbol = Symbol.for('socket.runtime.fs.web.FileSystemHandle.fullName') as never;
export const kFileDescriptor: unique symbol = Symbol.for('socket.runtime.fs.web.FileDescriptor') as never;
export const kFileFullName: unique symbol = Symbol.for('socket.runtime.fs.web.File.fullName') as never;
const { File, FileSystemHandle, FileSystemFileHandle, FileSystemDirectoryHandle, FileSystemWritableFileStream } = globalThis;
export { File, FileSystemHandle, FileSystemFileHandle, FileSystemDirectoryHandle, FileSystemWritableFileStream };
export interface FileOptions { fd?: FileHandle; highWaterMark?: number }
export interface WritableOptions { keepExistingData?: boolean }
export interface GetOptions { create?: boolean }

/** A part of a file; its bytes are read when they are asked for. */
class PathFile extends File {
  readonly [kFileFullName]: string;
  readonly [kFileDescriptor]: FileHandle | null;
  readonly #from: number;
  readonly #size: number;
  readonly #options: FileOptions;
  constructor(path: string, from: number, size: number, type: string, lastModified: number, options: FileOptions) {
    super([], basename(path), { type, lastModified });
    this[kFileFullName] = path;
    this[kFileDescriptor] = options.fd ?? null;
    this.#from = from;
    this.#size = size;
    this.#options = options;
  }
  override get size(): number { return this.#size; }
  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    if (this.#size === 0) return new Blob([]).stream() as never;
    const { highWaterMark } = this.#options;
    const chunks = createReadStream(this[kFileFullName], { start: this.#from, end: this.#from + this.#size - 1, ...(highWaterMark === undefined ? {} : { highWaterMark }) })[Symbol.asyncIterator]();
    return new ReadableStream({
      async pull(controller) {
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value as Uint8Array));
      },
      async cancel() { await chunks.return?.(); },
    });
  }
  override async arrayBuffer(): Promise<ArrayBuffer> { return new Response(this.stream()).arrayBuffer(); }
  override async bytes(): Promise<Uint8Array<ArrayBuffer>> { return new Uint8Array(await this.arrayBuffer()); }
  override async text(): Promise<string> { return new TextDecoder().decode(await this.arrayBuffer()); }
  override slice(start: number = 0, end: number = this.#size, type: string = ''): Blob {
    const at = (place: number): number => (place < 0 ? Math.max(this.#size + place, 0) : Math.min(place, this.#size)), from = at(start);
    return new PathFile(this[kFileFullName], this.#from + from, Math.max(at(end) - from, 0), type, this.lastModified, this.#options);
  }
}
/** The file at a path. Its size and time are those of now. What hands a Blob to the engine itself (FormData, object URLs) sees an empty one: give that `await file.arrayBuffer()`. */
export function createFile(filename: string, options: FileOptions = {}): File {
  const path = resolve(filename);
  return fileOf(path, statSync(path) as Stats, options);
}
function fileOf(path: string, stats: Stats, options: FileOptions): File {
  if (!stats.isFile()) throw Object.assign(new TypeError(`${path} is not a file`), { code: 'ERR_INVALID_ARG_VALUE' });
  return new PathFile(path, 0, Number(stats.size), lookupSync(basename(path))[0]?.mime ?? '', Math.floor(Number(stats.mtimeMs)), options);
}

const domError = (error: unknown, what: string): unknown => {
  const { code } = error as { code?: string };
  if (code === 'ENOENT') return new NotFoundError(`${what} is not there`);
  return code === 'ENOTDIR' || code === 'EISDIR' ? new DOMException(`${what} is of the other kind`, 'TypeMismatchError') : error;
};
/** A name in a folder, and no way out of it. */
function named(name: unknown): string {
  if (typeof name !== 'string' || name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) throw new TypeError(`'${String(name)}' is not a name of an entry: it has no slash and is not . or ..`);
  return name;
}
/** What the person has picked, for its handle and all below. */
interface Picked { readonly path: string; writable: boolean }
interface Mode { mode?: 'read' | 'readwrite' }
const NO_PICK: Picked = Object.freeze({ path: '', writable: true });
const pickedFor = new WeakMap<object, Picked>();
const state = ({ mode = 'read' }: Mode = {}, picked: Picked): PermissionState => (mode === 'read' || picked.writable ? 'granted' : 'prompt');
async function request(how: Mode | undefined, picked: Picked): Promise<PermissionState> {
  if (state(how, picked) === 'granted') return 'granted';
  picked.writable = (await call(commandUrl('window', 'requestFileWrite'), { path: picked.path })) === true;
  return picked.writable ? 'granted' : 'denied';
}
/** A handle is of the engine's class, so that `instanceof` holds; the members are ours. */
function handle<H extends object>(prototype: H, path: string, kind: string, picked: Picked, members: object): any {
  const all = {
    kind, name: basename(path), [kFileSystemHandleFullName]: path,
    isSameEntry: async (other: object) => (other as Record<symbol, unknown>)?.[kFileSystemHandleFullName] === path,
    queryPermission: async (how?: Mode) => state(how, picked), requestPermission: (how?: Mode) => request(how, picked),
    ...members,
  };
  const made = Object.create(prototype, Object.getOwnPropertyDescriptors(all));
  pickedFor.set(made, picked);
  return made;
}
/** A stream that writes the file at once, not into a copy that is put in its place by `close`. */
export async function createFileSystemWritableFileStream(of: FileSystemFileHandle, { keepExistingData = false }: WritableOptions = {}): Promise<FileSystemWritableFileStream> {
  const path = (of as unknown as Record<symbol, string>)[kFileSystemHandleFullName]!;
  if ((await request({ mode: 'readwrite' }, pickedFor.get(of) ?? NO_PICK)) !== 'granted') throw new NotAllowedError(`The person has not let the app change ${path}`);
  const file = await promises.open(path, keepExistingData ? 'r+' : 'w');
  let position = 0;
  const write = async (data: any): Promise<void> => {
    const command = typeof data === 'object' && data !== null && typeof data.type === 'string' && !(data instanceof Blob) ? data : { type: 'write', data };
    if (command.type === 'seek') { position = command.position; return; }
    if (command.type === 'truncate') { await file.truncate(command.size); position = Math.min(position, command.size); return; }
    if (command.position !== undefined && command.position !== null) position = command.position;
    const bytes = new Uint8Array(await new Response(command.data).arrayBuffer());
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position);
      at += bytesWritten;
      position += bytesWritten;
    }
  };
  const stream = new WritableStream({ write, close: () => file.close(), abort: () => file.close() });
  const once = async (data: unknown): Promise<void> => { const writer = stream.getWriter(); try { await writer.write(data); } finally { writer.releaseLock(); } };
  return Object.assign(stream, { write: once, seek: (to: number) => once({ type: 'seek', position: to }), truncate: (size: number) => once({ type: 'truncate', size }) }) as unknown as FileSystemWritableFileStream;
}
export async function createFileSystemFileHandle(file: string | File, options: FileOptions = {}): Promise<FileSystemFileHandle> {
  return fileHandle(file, options, NO_PICK);
}
function fileHandle(file: string | File, options: FileOptions, picked: Picked): FileSystemFileHandle {
  const path = typeof file === 'string' ? resolve(file) : (file as unknown as Record<symbol, string>)[kFileFullName];
  if (path === undefined) throw new TypeError('createFileSystemFileHandle takes a path, or a file of createFile');
  const made: FileSystemFileHandle = handle(FileSystemFileHandle.prototype, path, 'file', picked, {
    async getFile() { try { return fileOf(path, (await promises.stat(path)) as Stats, options); } catch (error) { throw domError(error, path); } },
    createWritable: (how?: WritableOptions) => createFileSystemWritableFileStream(made, how),
  });
  return made;
}
export async function createFileSystemDirectoryHandle(dirname: string): Promise<FileSystemDirectoryHandle> {
  return directoryHandle(resolve(dirname), NO_PICK);
}
function directoryHandle(path: string, picked: Picked): FileSystemDirectoryHandle {
  const child = (name: string, directory: boolean): FileSystemFileHandle | FileSystemDirectoryHandle => (directory ? directoryHandle(join(path, name), picked) : fileHandle(join(path, name), {}, picked));
  async function* entries(): AsyncGenerator<[string, FileSystemFileHandle | FileSystemDirectoryHandle]> {
    // By a handle: the names of a big folder would come by the stream lane, where Chromium knows of no pick.
    for await (const entry of await promises.opendir(path)) if (entry.isFile() || entry.isDirectory()) yield [entry.name as string, child(entry.name as string, entry.isDirectory())];
  }
  async function get(name: string, directory: boolean, create: boolean): Promise<any> {
    const at = join(path, named(name));
    try {
      const stats = await promises.stat(at);
      if (stats.isDirectory() !== directory) throw Object.assign(new Error(), { code: 'EISDIR' });
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT' || !create) throw domError(error, at);
      if ((await request({ mode: 'readwrite' }, picked)) !== 'granted') throw new NotAllowedError(`The person has not let the app change ${path}`);
      await (directory ? promises.mkdir(at) : promises.open(at, 'a').then(made => made.close()));
    }
    return child(name, directory);
  }
  return handle(FileSystemDirectoryHandle.prototype, path, 'directory', picked, {
    entries, [Symbol.asyncIterator]: entries,
    async *keys() { for await (const [name] of entries()) yield name; },
    async *values() { for await (const [, one] of entries()) yield one; },
    getFileHandle: (name: string, { create = false }: GetOptions = {}) => get(name, false, create),
    getDirectoryHandle: (name: string, { create = false }: GetOptions = {}) => get(name, true, create),
    async removeEntry(name: string, { recursive = false }: { recursive?: boolean } = {}) {
      const at = join(path, named(name));
      try {
        const directory = (await promises.lstat(at)).isDirectory();
        await (directory && !recursive ? promises.rmdir(at) : promises.rm(at, { recursive }));
      } catch (error) {
        throw (error as { code?: string }).code === 'ENOTEMPTY' ? new DOMException(`${at} is not empty: remove it with { recursive: true }`, 'InvalidModificationError') : domError(error, at);
      }
    },
    async resolve(other: object) {
      const below = relative(path, (other as Record<symbol, string>)[kFileSystemHandleFullName] ?? '');
      return below === '' ? [] : below.startsWith('..') ? null : below.split(sep);
    },
  });
}
/** A kind of files, by MIME types with their suffixes. */
export interface FileType { description?: string; accept: Record<string, string | readonly string[]> }
export type WellKnown = 'desktop' | 'documents' | 'downloads' | 'music' | 'pictures' | 'videos';
export interface PickerOptions { types?: readonly FileType[]; excludeAcceptAllOption?: boolean; startIn?: WellKnown | FileSystemHandle; id?: string }
export interface OpenOptions extends PickerOptions { multiple?: boolean }
export interface SaveOptions extends PickerOptions { suggestedName?: string | null }
export interface FolderOptions extends Mode { startIn?: WellKnown | FileSystemHandle; id?: string }
async function pick(picker: string, options: OpenOptions & SaveOptions & FolderOptions): Promise<string[]> {
  const { types, excludeAcceptAllOption, multiple, suggestedName, mode, startIn } = options;
  const start = typeof startIn === 'object' ? { startPath: (startIn as unknown as Record<symbol, string>)[kFileSystemHandleFullName] } : { startIn };
  return (await call(commandUrl('window', picker), { types, excludeAcceptAllOption, multiple, suggestedName, mode, ...start })) as string[];
}
/** Asks the person for files to read; needs `ipc://window/showOpenFilePicker`. To change one is asked for by `createWritable` and `requestPermission`, which needs `ipc://window/requestFileWrite`. */
export async function showOpenFilePicker(options: OpenOptions = {}): Promise<FileSystemFileHandle[]> {
  return (await pick('showOpenFilePicker', options)).map(path => fileHandle(path, {}, { path, writable: false }));
}
/** Asks the person where to write a file. */
export async function showSaveFilePicker(options: SaveOptions = {}): Promise<FileSystemFileHandle> {
  const [path] = await pick('showSaveFilePicker', options);
  return fileHandle(path!, {}, { path: path!, writable: true });
}
/** Asks the person for a folder, to read all that is in it, or with `mode: 'readwrite'` to change it too. */
export async function showDirectoryPicker(options: FolderOptions = {}): Promise<FileSystemDirectoryHandle> {
  const [path] = await pick('showDirectoryPicker', options);
  return directoryHandle(path!, { path: path!, writable: options.mode === 'readwrite' });
}
/** Of what the person has given for reading in another way. A handle of anything else is of no use: the host knows what was granted. */
export function pickedHandle(path: string, folder: boolean): FileSystemFileHandle | FileSystemDirectoryHandle {
  const picked = { path, writable: false };
  return folder ? directoryHandle(path, picked) : fileHandle(path, {}, picked);
}
export default {
  showOpenFilePicker, showSaveFilePicker, showDirectoryPicker,
  createFile, createFileSystemDirectoryHandle, createFileSystemFileHandle, createFileSystemWritableFileStream, File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemHandle, FileSystemWritableFileStream,
  kFileDescriptor, kFileFullName, kFileSystemHandleFullName,
};
