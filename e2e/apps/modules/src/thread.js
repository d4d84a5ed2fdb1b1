import { isMainThread, parentPort, threadId, workerData } from 'node:worker_threads';
import process from 'node:process';
parentPort.on('message', value => process.stdout.write(`${value} it is\n`, () => parentPort.postMessage({ doubled: value * 2, workerData, isMainThread, threadId })));
