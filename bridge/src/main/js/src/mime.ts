/** Media types by file name. */
export * from 'socket:mime/index';
export { default } from 'socket:mime/index';
