/** Node's `async_hooks`. */
import { createHook, executionAsyncId, executionAsyncResource, triggerAsyncId } from 'socket:async/hooks';
import { AsyncResource } from 'socket:async/resource';
import { AsyncLocalStorage } from 'socket:async/storage';
/** Kinds of the engine's own resources: a page is told of none. */
export const asyncWrapProviders: Readonly<Record<string, number>> = Object.freeze({ NONE: 0 });
export { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId, executionAsyncResource, triggerAsyncId };
export default { AsyncLocalStorage, AsyncResource, asyncWrapProviders, createHook, executionAsyncId, executionAsyncResource, triggerAsyncId };
