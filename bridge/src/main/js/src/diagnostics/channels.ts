/** Channels by name and group: those of `node:diagnostics_channel`. */
import { Channel, channel as open, hasSubscribers, subscribe, unsubscribe, type ChannelListener } from 'socket:diagnostics_channel';
export { Channel };
export const MIN_CHANNEL_SUBSCRIBER_SIZE = 64;
export const normalizeName = (group: string | undefined, name: string): string => [group, name].filter(Boolean).join('.').toLowerCase();
export class ActiveChannel extends Channel {}
/** Channels that share the first part of their name. */
export class ChannelGroup extends Channel {
  readonly channels: Channel[];
  constructor(name: string, channels: readonly Channel[] = []) {
    super(name);
    this.channels = [...channels];
  }
  channel(name: string): Channel {
    const held = open(normalizeName(String(this.name), name));
    if (!this.channels.includes(held)) this.channels.push(held);
    return held;
  }
  select(keys: string | readonly string[], onlyHeard = false): { name: string; channel: Channel }[] {
    const wanted = new Set([keys].flat().map(key => normalizeName(String(this.name), key as string)));
    return this.channels.filter(one => (wanted.has(String(one.name)) || wanted.has(normalizeName(String(this.name), '*'))) && (!onlyHeard || one.hasSubscribers)).map(one => ({ name: String(one.name), channel: one }));
  }
}
export const registry = {
  channel: (name: string): Channel => open(normalizeName(undefined, name)),
  get: (name: string): Channel => open(normalizeName(undefined, name)),
  group: (name: string, channels: readonly string[] = []): ChannelGroup => {
    const group = new ChannelGroup(name);
    for (const one of channels) group.channel(one);
    return group;
  },
  hasSubscribers: (name: string): boolean => hasSubscribers(normalizeName(undefined, name)),
  subscribe: (name: string, listener: ChannelListener): boolean => { subscribe(normalizeName(undefined, name), listener); return true; },
  unsubscribe: (name: string, listener: ChannelListener): boolean => unsubscribe(normalizeName(undefined, name), listener),
};
export default registry;
