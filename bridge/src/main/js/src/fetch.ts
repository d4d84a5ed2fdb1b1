/** The engine's own fetch. */
import { fetch, Headers, Request, Response } from 'socket:fetch/fetch';
export { fetch, Headers, Request, Response };
export default fetch;
