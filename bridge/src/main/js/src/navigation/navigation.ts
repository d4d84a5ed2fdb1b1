/** The engine's Navigation API keeps what `structuredClone` can copy. */
let serialize: ((state: unknown) => unknown) | undefined;
/** Changes a state before {@link navigate} keeps it. */
export function setSerializer(serializer: (state: unknown) => unknown): void { serialize = serializer; }
export function navigate(url: string, options: { state?: unknown } & Record<string, unknown> = {}): unknown {
  return (globalThis as unknown as { navigation: { navigate(url: string, options: object): unknown } }).navigation.navigate(url, serialize === undefined ? options : { ...options, state: serialize(options.state) });
}
