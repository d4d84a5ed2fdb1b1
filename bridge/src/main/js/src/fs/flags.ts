/** Flags of `open`. */
import { normalizeFlags } from 'socket:fs';
export { normalizeFlags };
export default { normalizeFlags };
