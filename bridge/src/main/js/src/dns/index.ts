/** The same as `socket:dns`. */
export * from 'socket:dns';
export { default } from 'socket:dns';
