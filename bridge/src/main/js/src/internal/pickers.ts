/** The file pickers by the name that tests of Socket Runtime import. */
import { showDirectoryPicker, showOpenFilePicker, showSaveFilePicker } from 'socket:fs/web';
export { showDirectoryPicker, showOpenFilePicker, showSaveFilePicker };
export default { showDirectoryPicker, showOpenFilePicker, showSaveFilePicker };
