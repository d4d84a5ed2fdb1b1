/** IPv4 addresses. */
export function normalizeIPv4(input: string | readonly (string | number)[] | Uint8Array): string {
  const text = typeof input === 'string' ? input.trim() : Array.from(input as ArrayLike<string | number>).join('.');
  const parts = text.replace(/^::ffff:/i, '').split('.');
  return parts.length === 4 && parts.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255) ? parts.map(Number).join('.') : '';
}
export function isIPv4(input: string | readonly (string | number)[] | Uint8Array): boolean { return normalizeIPv4(input) !== ''; }
export default { isIPv4, normalizeIPv4 };
