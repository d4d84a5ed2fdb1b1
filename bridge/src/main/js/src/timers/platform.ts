/** The engine's own timers. */
export const platform = {
  setTimeout: globalThis.setTimeout.bind(globalThis), setInterval: globalThis.setInterval.bind(globalThis), clearTimeout: globalThis.clearTimeout.bind(globalThis), clearInterval: globalThis.clearInterval.bind(globalThis),
  postTask: (callback: () => unknown, options?: { priority?: string; delay?: number; signal?: AbortSignal }): Promise<unknown> => {
    const scheduler = (globalThis as { scheduler?: { postTask(callback: () => unknown, options?: object): Promise<unknown> } }).scheduler;
    return scheduler === undefined ? new Promise((resolve, reject) => { globalThis.setTimeout(() => { try { resolve(callback()); } catch (error) { reject(error); } }, options?.delay ?? 0); }) : scheduler.postTask(callback, options);
  },
};
export default platform;
