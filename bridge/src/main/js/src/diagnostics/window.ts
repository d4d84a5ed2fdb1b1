/** What a page does: each metric begins with `init()` and ends with `destroy()`, and publishes on its channel. */
import registry, { type ChannelGroup } from 'socket:diagnostics/channels';
import { Metric } from 'socket:diagnostics/metric';
import type { Channel, ChannelListener } from 'socket:diagnostics_channel';
type Scope = Record<string, any>;
const scope = globalThis as Scope, group: ChannelGroup = registry.group('window', ['requestAnimationFrame', 'fetch', 'XMLHttpRequest', 'Worker']);
/** Frames of a second. */
export class RequestAnimationFrameMetric extends Metric {
  readonly channel: Channel = group.channel('requestAnimationFrame');
  readonly #times: number[] = [];
  #frame = 0;
  get rate(): number { return this.#times.length < 2 ? 0 : Math.round(((this.#times.length - 1) * 1000) / (this.#times.at(-1)! - this.#times[0]!)); }
  override init(): void {
    const tick = (now: number): void => {
      this.update(now);
      this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }
  override update(now: number): void {
    this.#times.push(now);
    while (this.#times.length > 60) this.#times.shift();
    if (this.channel.hasSubscribers) this.channel.publish(this.toJSON());
  }
  override destroy(): void { cancelAnimationFrame(this.#frame); }
  override toJSON(): Record<string, unknown> { return { rate: this.rate, samples: this.#times.length }; }
}
/** Stands in for a global and tells of each use. */
class GlobalMetric extends Metric {
  readonly channel: Channel;
  #original: any;
  #count = 0;
  constructor(readonly name: string, readonly stand: (original: any, tell: (message: object) => void) => any) {
    super();
    this.channel = group.channel(name);
  }
  override init(): void {
    this.#original ??= scope[this.name];
    if (this.#original !== undefined) scope[this.name] = this.stand(this.#original, message => this.update(message));
  }
  override update(message: unknown): void {
    this.#count++;
    this.channel.publish(message);
  }
  override destroy(): void { if (this.#original !== undefined) scope[this.name] = this.#original; }
  override toJSON(): Record<string, unknown> { return { count: this.#count }; }
}
export class FetchMetric extends GlobalMetric {
  constructor() { super('fetch', (original, tell) => (resource: any, options?: any) => { tell({ resource, options }); return original(resource, options); }); }
}
export class XMLHttpRequestMetric extends GlobalMetric {
  constructor() { super('XMLHttpRequest', (original, tell) => class extends original { open(method: string, url: string, ...rest: unknown[]): void { tell({ method, url }); super.open(method, url, ...(rest.length === 0 ? [true] : rest)); } }); }
}
export class WorkerMetric extends GlobalMetric {
  constructor() { super('Worker', (original, tell) => class extends original { constructor(url: string, options?: object) { super(url, options); tell({ url, options }); } }); }
}
export const metrics = {
  requestAnimationFrame: new RequestAnimationFrameMetric(), XMLHttpRequest: new XMLHttpRequestMetric(), Worker: new WorkerMetric(), fetch: new FetchMetric(), channel: group,
  subscribe: (name: string, listener: ChannelListener): void => group.channel(name).subscribe(listener),
  unsubscribe: (name: string, listener: ChannelListener): boolean => group.channel(name).unsubscribe(listener),
};
export default { metrics };
