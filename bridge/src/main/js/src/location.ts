/** Where the page is; in a worker, its script. */
export class Location {
  get url(): URL { return new URL(globalThis.location.href); }
  get protocol(): string { return this.url.protocol; }
  get host(): string { return this.url.host; }
  get hostname(): string { return this.url.hostname; }
  get port(): string { return this.url.port; }
  get pathname(): string { return this.url.pathname; }
  get search(): string { return this.url.search; }
  get origin(): string { return this.url.origin; }
  get href(): string { return this.url.href; }
  get hash(): string { return this.url.hash; }
  toString(): string { return this.href; }
}
export default new Location();
