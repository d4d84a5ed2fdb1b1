/** What the reference runs in a worker, the host runs. */
export {};
