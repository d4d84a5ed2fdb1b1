/** Channels and metrics. */
export * from 'socket:diagnostics/index';
import diagnostics from 'socket:diagnostics/index';
export default diagnostics;
