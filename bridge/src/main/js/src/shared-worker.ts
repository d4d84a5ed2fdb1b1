/** The engine's own shared workers: on the app's origin they load `socket:` modules as a page does. */
export { env, Environment } from 'socket:service-worker';
export const SharedWorker: typeof globalThis.SharedWorker = globalThis.SharedWorker;
export default SharedWorker;
