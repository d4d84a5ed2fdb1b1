/** What reads and writes files as streams. */
import { ReadStream, WriteStream } from 'socket:fs';
export { ReadStream, WriteStream, ReadStream as FileReadStream, WriteStream as FileWriteStream };
/** Bytes that a stream holds, as in Node. */
export const DEFAULT_STREAM_HIGH_WATER_MARK: number = 64 << 10;
export default { DEFAULT_STREAM_HIGH_WATER_MARK, ReadStream, WriteStream, FileReadStream: ReadStream, FileWriteStream: WriteStream };
