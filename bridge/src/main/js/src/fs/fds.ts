/** The open files of this page. */
import { fds } from 'socket:fs';
export default fds;
