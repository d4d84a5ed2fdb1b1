/** Channels and metrics. */
import channels, { type Channel } from 'socket:diagnostics/channels';
import * as runtime from 'socket:diagnostics/runtime';
import window from 'socket:diagnostics/window';
export const channel: (name: string) => Channel = channels.channel;
export { channels, runtime, window };
export default { channel, channels, runtime, window };
