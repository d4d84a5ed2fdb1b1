// Uses every module as an app would; compiled by modules.test.mjs.
import ipc, { send, upload, call, type Result } from 'socket:ipc';
import fs, { readFile, statSync, type Stats } from 'socket:fs';
import fsp, { open } from 'socket:fs/promises';
import fsConstants, { O_CREAT } from 'socket:fs/constants';
import os, { cpus } from 'socket:os';
import osConstants from 'socket:os/constants';
import path, { join, DOCUMENTS } from 'socket:path';
import posix from 'socket:path/posix';
import win32 from 'socket:path/win32';
import process from 'socket:process';
import application, { getCurrentWindow } from 'socket:application';
import ApplicationWindow from 'socket:window';
import EventEmitter, { once } from 'socket:events';
import { Buffer } from 'socket:buffer';
import { Console } from 'socket:console';
import test, { type Test } from 'socket:test';
import { NotAllowedError } from 'socket:errors';
import { inspect } from 'socket:internal/inspect';
import host from 'socket:internal/host';
import { Bluetooth, type DataInfo } from 'socket:bluetooth';
import { advertise, type Peripheral } from 'socket:bluetooth/peripheral';
import type { BluetoothDevice } from 'socket:bluetooth/web';
import { Context, Environment, env } from 'socket:service-worker';
import dgram, { createSocket, type RemoteInfo, type Socket } from 'socket:dgram';

const text: Promise<string> = fsp.readFile('/a', 'utf8');
const bytes: Promise<Buffer> = fsp.readFile(new URL('file:///a'));
readFile('/a', 'utf8', (error, value) => { if (error === null) value.toUpperCase(); });
readFile('/a', (error, value) => { error?.code; value.readUInt8(0); });
const stats: Stats = statSync('/a');
const big: bigint = statSync('/a', { bigint: true }).mtimeNs;
// @ts-expect-error a path is needed
fs.unlinkSync();
// @ts-expect-error text has no readUInt8
text.then(value => value.readUInt8(0));
const names: Promise<string[]> = fsp.readdir('/');
const entries: Promise<boolean[]> = fsp.readdir('/', { withFileTypes: true }).then(all => all.map(entry => entry.isFile()));
async function files(): Promise<number> {
  await using handle = await open('/a', 'r+');
  const { bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, null);
  return bytesRead;
}
async function calls(): Promise<void> {
  const result: Result = await send('fs.stat', { path: '/a' }, { timeout: true, signal: AbortSignal.timeout(5) });
  const [error, data] = result;
  await upload('ipc://fs/writeFile/a', new Blob([]), { flag: 'w' });
  await call(ipc.commandUrl('os', 'cpus'));
  const window: ApplicationWindow = await getCurrentWindow();
  await window.setSize({ width: 800 });
}
const emitter = new EventEmitter().on('x', (value: number) => value);
const next: Promise<any[]> = once(emitter, 'x');
const model: string = cpus()[0]!.model + os.EOL + path.sep + posix.sep + win32.join('a', join('b')) + (DOCUMENTS ?? '') + inspect({});
const code: number = fsConstants.O_RDONLY! + O_CREAT + osConstants.signals.SIGTERM! + host.pid;
process.stdout.write('x');
process.hrtime.bigint();
process.on('exit', () => {});
new Console().log(application.config, model, code, stats, big, names, entries, bytes, next, NotAllowedError);
test('name', async (t: Test) => { t.plan(1); t.ok(true); await t.sleep(1); });
test.only('name', { timeout: 5 }, t => t.equal(1, 1));
export { files, calls };
async function devices(): Promise<number> {
  const device: BluetoothDevice = await navigator.bluetooth.requestDevice({ filters: [{ services: ['heart_rate', 0x180f] }] });
  const rate = await (await (await device.gatt.connect()).getPrimaryService('heart_rate')).getCharacteristic(0x2a37);
  rate.oncharacteristicvaluechanged = event => event.target.value;
  // @ts-expect-error text is no value
  await rate.writeValueWithResponse('x');
  const served: Peripheral = await advertise({ services: [{ uuid: 0x180d, characteristics: [{ uuid: 0x2a37, notify: send => { void send('x'); } }] }] });
  await served.getService(0x180d).getCharacteristic(0x2a37).notify(new Uint8Array(2));
  new Bluetooth({ serviceId: 'heart_rate' }).on('data', (bytes: Buffer, info: DataInfo) => bytes.length + info.deviceId.length);
  return (await rate.readValue()).getUint8(0) + ((await application.capabilities()).bluetooth.available ? 1 : 0);
}
export { devices };
const udp: Socket = (dgram.createSocket ?? createSocket)({ type: 'udp4', reuseAddr: true }, (message, from: RemoteInfo) => message.toString() + from.address + from.port);
udp.send('text', 9, 'localhost', (error, bytes) => error ?? bytes);
const dropped: number = udp.bind(0).stats().dropped;
export { dropped };
async function kept(event: ConstructorParameters<typeof Context>[0]): Promise<unknown> {
  const { context } = await Environment.open({ type: 'serviceWorker' });
  context.count = 1;
  return new Context(event).waitUntil(Promise.resolve(env?.count));
}
export { kept };
