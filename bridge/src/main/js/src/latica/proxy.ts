/** The reference's way to a peer in a worker. Here the peer runs in the host, and works in a dedicated worker as it does in a page. */
import { network, type Bus, type NetworkOptions, type Subcluster } from 'socket:network';

export class PeerWorkerProxy {
  readonly #options: NetworkOptions;
  #bus: Promise<Bus> | undefined;
  constructor(options: NetworkOptions, _port?: unknown, _fn?: unknown) { this.#options = options; }
  init(): Promise<Bus> { return (this.#bus ??= network(this.#options)); }
  async reconnect(): Promise<void> { await (await this.init()).reconnect(); }
  async disconnect(): Promise<void> { await (await this.init()).disconnect(); }
  async getInfo(): Promise<any> { return (await this.init()).getInfo(); }
  async getMetrics(): Promise<any> { return (await this.init()).getMetrics(); }
  async getState(): Promise<Uint8Array> { return (await this.init()).getState(); }
  async seal(bytes: Uint8Array): Promise<Uint8Array> { return (await this.init()).seal(bytes); }
  async open(bytes: Uint8Array): Promise<Uint8Array> { return (await this.init()).open(bytes); }
  async sealUnsigned(bytes: Uint8Array): Promise<Uint8Array> { return (await this.init()).sealUnsigned(bytes); }
  async openUnsigned(bytes: Uint8Array): Promise<Uint8Array> { return (await this.init()).openUnsigned(bytes); }
  async join(sharedKey: Uint8Array): Promise<Subcluster> { return (await this.init()).subcluster({ sharedKey }); }
  async query(query: object): Promise<string> { return (await this.init()).query(query); }
  async sync(): Promise<void> { await (await this.init()).sync(); }
  async close(): Promise<void> { await (await this.init()).close(); }
}
export default PeerWorkerProxy;
