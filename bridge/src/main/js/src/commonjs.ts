/** CommonJS for the files of the app. */
import builtins from 'socket:commonjs/builtins';
import { createRequire, Module } from 'socket:module';
export { builtins, createRequire, Module };
export default { builtins, createRequire, Module };
