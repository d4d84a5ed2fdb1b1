/** The engine's own shared workers: on the app's origin they load `socket:` modules as a page does. */
export const SharedWorker: typeof globalThis.SharedWorker = globalThis.SharedWorker;
export default SharedWorker;
