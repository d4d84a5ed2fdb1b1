declare module 'fast-deep-equal/es6/index.js' {
  export default function equal(a: unknown, b: unknown): boolean;
}
declare module 'readable-stream/lib/stream.js' {
  const stream: any;
  export default stream;
}
declare module 'url/';
declare module 'punycode/punycode.es6.js' {
  const punycode: any;
  export default punycode;
}
declare module 'assert/build/assert.js' {
  const assert: unknown;
  export default assert;
}
declare module 'assert/build/internal/util/comparisons.js' {
  const comparisons: unknown;
  export default comparisons;
}
declare module 'pako';
declare module 'libsodium-wrappers';
declare module '@pkgjs/parseargs' {
  export function parseArgs(config: never): unknown;
}
declare module 'iso-639-1' {
  const iso: { getAllCodes(): string[]; getName(code: string): string; getNativeName(code: string): string };
  export default iso;
}
