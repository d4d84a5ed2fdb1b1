(host => {
  const top = globalThis.top === globalThis;
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  define('__args', Object.freeze({
    argv: host.argv,
    client: Object.freeze({ id: String(host.window.index), type: 'window', frameType: top ? 'top-level' : 'nested', origin: host.origin }),
    config: host.config, debug: host.debug, env: host.env, headless: host.headless, index: host.window.index,
  }));
  define('isSocketRuntime', true);
  define('global', globalThis);
  // What the host tells as a CustomEvent is told again as the class that pages know, with its members.
  const event = (name, type, members) => {
    const Class = { [name]: class extends Event {
      constructor(kind = type, detail = {}) { super(kind, { cancelable: true }); Object.assign(this, members(detail)); }
    } }[name];
    define(name, Class);
    globalThis.addEventListener(type, happened => {
      if (happened instanceof Class) return;
      happened.stopImmediatePropagation();
      if (!globalThis.dispatchEvent(new Class(type, happened.detail ?? {}))) happened.preventDefault();
    });
  };
  event('ApplicationURLEvent', 'applicationurl', ({ url }) => ({ url: URL.canParse(url) ? new URL(url) : null, isValid: URL.canParse(url), source: url, data: URL.canParse(url) ? new URL(url) : null, detail: { url } }));
  event('SignalEvent', 'signal', ({ signal }) => ({ signal, detail: { signal } }));
  // Its own type, of the menu, stays in the detail: an event has one.
  event('MenuItemEvent', 'menuItemSelected', detail => ({ title: detail.title, parent: detail.parent, state: detail.state, detail }));
  event('HotKeyEvent', 'hotkey', detail => ({ ...detail, detail }));
  for (const own of document.querySelectorAll('script[src="socket:internal/preload"], script[src="socket:internal/init"], script[src="socket:internal/commonjs"], link[href="socket:internal/core"], link[href="socket:internal/host"]')) own.remove();
})
