/** Numbers of the host's errors and signals. */
import host from 'socket:internal/host';
export const errno: Readonly<Record<string, number>> = host.constants.errno;
export const signals: Readonly<Record<string, number>> = host.constants.signals;
export const signal: Readonly<Record<string, number>> = signals;
export default { errno, signals, signal };
