/** The global `Notification`. The host puts it at the beginning of a page whose policies name an `ipc://notification` source. */
import { install, Notification } from 'socket:notification';
install();
export default Notification;
