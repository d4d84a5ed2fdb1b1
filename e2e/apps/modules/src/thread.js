import { isMainThread, parentPort, threadId, workerData } from 'node:worker_threads';
parentPort.on('message', value => parentPort.postMessage({ doubled: value * 2, workerData, isMainThread, threadId }));
