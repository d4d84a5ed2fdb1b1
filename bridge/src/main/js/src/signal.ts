/** The same as `socket:process/signal`. */
export * from 'socket:process/signal';
export { default } from 'socket:process/signal';
