/** Node's `stream/promises`. */
import { promises } from 'socket:stream';
export const pipeline: typeof promises.pipeline = promises.pipeline;
export const finished: typeof promises.finished = promises.finished;
export default promises;
