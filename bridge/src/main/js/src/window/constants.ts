/** The states of a window. */
import { constants } from 'socket:window';
export const { WINDOW_ERROR, WINDOW_NONE, WINDOW_CREATING, WINDOW_CREATED, WINDOW_HIDING, WINDOW_HIDDEN, WINDOW_SHOWING, WINDOW_SHOWN, WINDOW_CLOSING, WINDOW_CLOSED, WINDOW_EXITING, WINDOW_EXITED, WINDOW_KILLING, WINDOW_KILLED }: typeof constants = constants;
export default constants as Readonly<Record<string, number>>;
