/** What `stat` gives. */
import { BigIntStats, Stats } from 'socket:fs';
export { BigIntStats, Stats };
export default { BigIntStats, Stats };
