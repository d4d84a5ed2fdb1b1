declare module 'events' {
  const events: unknown;
  export default events;
}
declare module 'fast-deep-equal/es6/index.js' {
  export default function equal(a: unknown, b: unknown): boolean;
}
declare module 'readable-stream/lib/stream.js' {
  const stream: any;
  export default stream;
}
