/** CommonJS in a page: `require` and its kin as globals of the top frame. The host adds it to a page whose policy has `'unsafe-eval'`, without which no file can be required. */
import { Module } from 'socket:module';
const at = globalThis.location.href.replace(/[?#].*$/, ''), main = new Module(at);
const globals: Readonly<Record<string, unknown>> = globalThis.top === globalThis.window ? { require: main.require, module: main, exports: main.exports, __filename: main.filename, __dirname: main.path } : {};
for (const [name, value] of Object.entries(globals)) if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
export default globals;
