/** The engine's own workers: on the app's origin they load `socket:` modules as a page does. */
export const Worker: typeof globalThis.Worker = globalThis.Worker;
export const SharedWorker: typeof globalThis.SharedWorker = globalThis.SharedWorker;
export const ServiceWorker: typeof globalThis.ServiceWorker = globalThis.ServiceWorker;
export default Worker;
