/** The modules that `require` gives without a file. Importing this loads them all: `require` can't wait. */
import * as m0 from 'socket:assert';
import * as m1 from 'socket:assert/strict';
import * as m2 from 'socket:async_hooks';
import * as m3 from 'socket:buffer';
import * as m4 from 'socket:console';
import * as m5 from 'socket:constants';
import * as m6 from 'socket:crypto';
import * as m7 from 'socket:diagnostics_channel';
import * as m8 from 'socket:events';
import * as m9 from 'socket:fs';
import * as m10 from 'socket:fs/constants';
import * as m11 from 'socket:fs/promises';
import * as m12 from 'socket:http';
import * as m13 from 'socket:https';
import * as m14 from 'socket:os';
import * as m15 from 'socket:os/constants';
import * as m16 from 'socket:path';
import * as m17 from 'socket:path/posix';
import * as m18 from 'socket:path/win32';
import * as m19 from 'socket:perf_hooks';
import * as m20 from 'socket:process';
import * as m21 from 'socket:punycode';
import * as m22 from 'socket:querystring';
import * as m23 from 'socket:stream';
import * as m24 from 'socket:stream/consumers';
import * as m25 from 'socket:stream/promises';
import * as m26 from 'socket:stream/web';
import * as m27 from 'socket:string_decoder';
import * as m28 from 'socket:test';
import * as m29 from 'socket:timers';
import * as m30 from 'socket:timers/promises';
import * as m31 from 'socket:tty';
import * as m32 from 'socket:url';
import * as m33 from 'socket:util';
import * as m34 from 'socket:util/types';
import * as m35 from 'socket:vm';
import * as m36 from 'socket:worker_threads';
import * as m37 from 'socket:zlib';
import * as m38 from 'socket:dns';
import * as m39 from 'socket:dns/promises';
type Namespace = Record<string, unknown>;
/** What Node's `require` gives: the default export with all names on it. */
function whole(module: object): unknown {
  const all = module as Namespace, base = all.default;
  if (typeof base === 'function') { for (const name of Object.keys(all)) if (name !== 'default' && !(name in base)) Object.defineProperty(base, name, { value: all[name], writable: true, configurable: true, enumerable: true }); return base; }
  return base !== null && typeof base === 'object' && base !== all ? Object.assign(Object.create(Object.getPrototypeOf(base) as object) as object, base, Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'default'))) : { ...all };
}
const made = new Map<string, unknown>();
const makers: Record<string, () => unknown> = {
  'assert': () => whole(m0),
  'assert/strict': () => whole(m1),
  'async_hooks': () => whole(m2),
  'buffer': () => ({ ...m3 }),
  'console': () => m4.default,
  'constants': () => whole(m5),
  'crypto': () => whole(m6),
  'diagnostics_channel': () => whole(m7),
  'dns': () => whole(m38),
  'dns/promises': () => whole(m39),
  'events': () => whole(m8),
  'fs': () => whole(m9),
  'fs/constants': () => m10.default,
  'fs/promises': () => whole(m11),
  'http': () => whole(m12),
  'https': () => whole(m13),
  'os': () => whole(m14),
  'os/constants': () => m15.default,
  'path': () => whole(m16),
  'path/posix': () => whole(m17),
  'path/win32': () => whole(m18),
  'perf_hooks': () => whole(m19),
  'process': () => m20.default,
  'punycode': () => whole(m21),
  'querystring': () => whole(m22),
  'stream': () => whole(m23),
  'stream/consumers': () => whole(m24),
  'stream/promises': () => whole(m25),
  'stream/web': () => whole(m26),
  'string_decoder': () => ({ ...m27 }),
  'test': () => whole(m28),
  'timers': () => whole(m29),
  'timers/promises': () => whole(m30),
  'tty': () => whole(m31),
  'url': () => whole(m32),
  'util': () => whole(m33),
  'util/types': () => whole(m34),
  'vm': () => whole(m35),
  'worker_threads': () => whole(m36),
  'zlib': () => whole(m37),
};
makers.sys = makers.util!;
export const builtins: Record<string, unknown> = {};
for (const name of Object.keys(makers)) {
  Object.defineProperty(builtins, name, { enumerable: true, configurable: true, get: () => { if (!made.has(name)) made.set(name, makers[name]!()); return made.get(name); } });
}
export const builtinModules: readonly string[] = Object.freeze(Object.keys(makers));
export const runtimeModules: Set<string> = new Set(builtinModules);
const bare = (name: string): string => name.replace(/^(node|socket):/, '');
/** Gives `require` one more module. */
export function defineBuiltin(name: string, exports: unknown): void { Object.defineProperty(builtins, bare(name), { value: exports, enumerable: true, configurable: true }); }
export function isBuiltin(name: string): boolean { return Object.hasOwn(builtins, bare(String(name))); }
export function getBuiltin(name: string): any {
  if (!isBuiltin(name)) throw Object.assign(new Error(`No such built-in module: ${name}`), { code: 'ERR_UNKNOWN_BUILTIN_MODULE' });
  return builtins[bare(name)];
}
export default builtins;
