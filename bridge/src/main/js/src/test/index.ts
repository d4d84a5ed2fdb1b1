/** The same as `socket:test`. */
export * from 'socket:test';
export { default } from 'socket:test';
