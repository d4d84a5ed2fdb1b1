/** Folders that `[webview.navigator.mounts]` shows the page. */
import { mounts } from 'socket:path';
export default mounts;
