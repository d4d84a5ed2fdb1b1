/** Node's old name of `util`. */
export * from 'socket:util';
export { default } from 'socket:util';
