/** `navigator.bluetooth` and its classes. The host puts it at the beginning of a page whose policies name an `ipc://bluetooth` source. */
import * as web from 'socket:bluetooth/web';
const { bluetooth, default: _same, ...classes } = web;
// Chromium's own, where it is switched on, has no chooser here.
if (globalThis.navigator !== undefined) Object.defineProperty(Object.getPrototypeOf(navigator), 'bluetooth', { get: () => bluetooth, configurable: true, enumerable: true });
for (const [name, value] of Object.entries(classes)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
export default bluetooth;
