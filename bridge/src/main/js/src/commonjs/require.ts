/** `createRequire` of `socket:module`. */
export { createRequire, createRequire as default } from 'socket:module';
export const globalPaths: readonly string[] = ['/node_modules'];
