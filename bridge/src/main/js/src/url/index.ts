/** The same as `socket:url`. */
export * from 'socket:url';
export { default } from 'socket:url';
