/** What `watch` gives. */
import { FSWatcher } from 'socket:fs';
export { FSWatcher as Watcher };
export default FSWatcher;
