/** libsodium: the npm package `libsodium-wrappers`. It is WebAssembly: a page that imports it needs `'wasm-unsafe-eval'` in `script-src`. */
import npm from 'libsodium-wrappers';
const sodium: { readonly ready: Promise<void>; [name: string]: any } = npm;
export const ready: Promise<void> = sodium.ready;
export default sodium;
