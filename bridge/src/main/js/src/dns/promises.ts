/** Node's `dns/promises`. */
import { promises } from 'socket:dns';
export const { lookup, resolve, resolve4, resolve6 } = promises;
export default promises;
