/** The same as `socket:module`. */
import { Module } from 'socket:module';
export { builtinModules, createRequire, Module } from 'socket:module';
export const COMMONJS_WRAPPER: string = Module.wrap('');
export default Module;
