/** Node's `https`: as `http`, and the address must be `https:`. */
import http, { _request, Agent as HttpAgent, type ClientRequest, type IncomingMessage, type RequestOptions } from 'socket:http';
export * from 'socket:http';
export class Agent extends HttpAgent { override defaultProtocol = 'https:'; }
export const globalAgent: Agent = new Agent();
type Answer = (response: IncomingMessage) => void;
export function request(url: string | URL | RequestOptions, options?: RequestOptions | Answer, callback?: Answer): ClientRequest { return _request('https:', url, options, callback); }
export function get(url: string | URL | RequestOptions, options?: RequestOptions | Answer, callback?: Answer): ClientRequest {
  const made = request(url, options, callback);
  made.end();
  return made;
}
export default { ...http, Agent, get, globalAgent, request };
