/** Binds a function to the values of the variables as they are now. */
import { Snapshot } from 'socket:async/context';
export const symbol: unique symbol = Symbol.for('socket.runtime.async');
type Anything = (...args: any[]) => any;
export const isTagged = (fn: Anything): boolean => typeof fn === 'function' && (fn as { [symbol]?: boolean })[symbol] === true;
export function tag<F extends Anything>(fn: F): F { return typeof fn === 'function' && !isTagged(fn) ? Object.defineProperty(fn, symbol, { value: true }) : fn; }
export function wrap<F extends Anything>(fn: F): F { return isTagged(fn) ? fn : tag(Snapshot.wrap(fn)); }
export default wrap;
