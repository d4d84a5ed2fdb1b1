/** The argument checks of `path-unified`, with the codes that Node's errors have. */
function wrongType(name: string, expected: string, value: unknown): TypeError {
  const received = value === null || value === undefined ? String(value) : typeof value === 'object' ? `an instance of ${value.constructor?.name ?? 'Object'}` : `type ${typeof value} (${String(value)})`;
  return Object.assign(new TypeError(`The "${name}" argument must be of type ${expected}. Received ${received}`), { code: 'ERR_INVALID_ARG_TYPE' });
}
export function validateString(value: unknown, name: string): void {
  if (typeof value !== 'string') throw wrongType(name, 'string', value);
}
export function validateObject(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(name, 'object', value);
}
