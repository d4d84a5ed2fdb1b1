/** The app's place on the person's desktop: tray, power, dock and session. Each call needs its source, `ipc://application/setTrayMenu` and so on (docs/desktop.md); what the desktop lacks is a typed error, and a line of `application.capabilities()`. */
import { call, commandUrl } from 'socket:ipc';
import type { MenuLayout } from 'socket:application/menu';

const ask = (module: string, command: string, params?: object, resource?: string): Promise<any> => call(commandUrl(module, command, resource), { ...params });

/** An item of the tray's menu by its label, and that of its menu where there are several. */
export interface TrayItem { readonly title: string; readonly parent?: string }

/** The app's icon in the tray. It fires `tray` on the app's first window when it is clicked, and `menuItemSelected` (`type: 'tray'`) for a choice. */
export const tray = Object.freeze({
  /** Shows the icon with this menu; an empty one takes the icon away. */
  setMenu: async (layout: MenuLayout): Promise<void> => { await ask('application', 'setTrayMenu', { value: layout }); },
  setTooltip: async (value: string): Promise<void> => { await ask('application', 'setTrayTooltip', { value }); },
  /** @param value path of a picture among the app's files: `/icons/tray.png` */
  setIcon: async (value: string): Promise<void> => { await ask('application', 'setTrayIcon', { value }); },
  setItemEnabled: async (item: TrayItem, enabled: boolean): Promise<void> => { await ask('application', 'setTrayMenuItem', { ...item, enabled }); },
  setItemChecked: async (item: TrayItem, checked: boolean): Promise<void> => { await ask('application', 'setTrayMenuItem', { ...item, checked }); },
  /** Hears of clicks on the icon. */
  onClick: (listener: () => void): (() => void) => heard('tray', listener),
});

/** `onBattery` is null where nobody tells. */
export interface PowerState { readonly onBattery: boolean | null }
/** The screen stays on until {@link letSleep}, or the document goes. */
export interface AwakeLock { readonly id: string; letSleep(): Promise<void> }

/** Sleep, and where the power comes from. */
export const power = Object.freeze({
  state: (): Promise<PowerState> => ask('power', 'state'),
  /** From now on the window has the events of `on`. A worker has none. */
  watch: (): Promise<PowerState> => ask('power', 'watch'),
  /** `powersuspend` before sleep, `powerresume` after it, `powersource` with `onBattery`; once {@link watch} was called. */
  on: (event: 'powersuspend' | 'powerresume' | 'powersource', listener: (detail: Partial<PowerState>) => void): (() => void) => heard(event, listener),
  /** @param why what the person is told */
  async keepAwake(why: string): Promise<AwakeLock> {
    const { id } = await ask('power', 'keepAwake', { why });
    return Object.freeze({ id, letSleep: async (): Promise<void> => { await call(`ipc://handle/power/letSleep/${id}`); } });
  },
});

function heard<T>(type: string, listener: (detail: T) => void): () => void {
  const hears = (event: Event): void => listener((event as CustomEvent<T>).detail);
  globalThis.addEventListener(type, hears);
  return () => globalThis.removeEventListener(type, hears);
}

/** What docks show at the app's icon. What is left out stays. */
export interface Badge {
  /** 0 takes it away. */
  readonly count?: number;
  /** 0 to 1; below 0 takes it away. */
  readonly progress?: number;
  readonly urgent?: boolean;
}
/** Shows a number or a progress at the app's icon, where the dock reads Unity's LauncherEntry; nobody says whether it does. */
export const setBadge = async (badge: Badge): Promise<void> => { await ask('application', 'setBadge', badge); };
/** Shows a file in the person's file manager. Needs the source `ipc://application/reveal/<path>`. */
export const reveal = async (path: string): Promise<void> => { await ask('application', 'reveal', undefined, path); };

/** Whether the app starts with the person's session. `ERR_NOT_INSTALLED` for an app that is not. */
export const autostart = Object.freeze({
  isEnabled: (): Promise<boolean> => ask('application', 'autostart'),
  /** What holds now. */
  setEnabled: (enabled: boolean): Promise<boolean> => ask('application', 'setAutostart', { enabled }),
});
