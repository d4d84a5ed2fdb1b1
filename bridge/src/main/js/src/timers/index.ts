/** The same as `socket:timers`. */
export * from 'socket:timers';
export { default } from 'socket:timers';
