/** Contexts that follow asynchronous calls. */
import { AsyncContext } from 'socket:async/context';
import { Deferred } from 'socket:async/deferred';
import { AsyncHook, createHook, executionAsyncId, executionAsyncResource, triggerAsyncId } from 'socket:async/hooks';
import { AsyncResource } from 'socket:async/resource';
import { AsyncLocalStorage } from 'socket:async/storage';
export { AsyncContext, AsyncHook, AsyncLocalStorage, AsyncResource, createHook, Deferred, executionAsyncId, executionAsyncResource, triggerAsyncId };
export default { AsyncContext, AsyncHook, AsyncLocalStorage, AsyncResource, createHook, Deferred, executionAsyncId, executionAsyncResource, triggerAsyncId };
