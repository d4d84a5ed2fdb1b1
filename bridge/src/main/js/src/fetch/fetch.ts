/** The engine's own fetch. */
export const fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
export const { Headers, Request, Response, DOMException }: Pick<typeof globalThis, 'Headers' | 'Request' | 'Response' | 'DOMException'> = globalThis;
export default { fetch, Headers, Request, Response };
