/** What the host tells every page about itself: generated for each window, frozen. */
export interface Host {
  readonly versions: { readonly dunlin: string; readonly chromium: string; readonly cef: string; readonly java: string; readonly vertx: string };
  /** Node's word: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** Node's word: `x64`, `arm64`. */
  readonly arch: string;
  /** Node's `os.type()`: `Linux`, `Darwin`, `Windows_NT`. */
  readonly type: string;
  readonly release: string;
  readonly endianness: 'LE' | 'BE';
  readonly argv: readonly string[];
  readonly execPath: string;
  readonly pid: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly debug: boolean;
  readonly headless: boolean;
  /** Whether the window was opened to run a test file. */
  readonly test: boolean;
  readonly bundleIdentifier: string;
  readonly origin: string;
  readonly window: { readonly index: number; readonly frameless?: boolean };
  readonly paths: Readonly<Partial<Record<WellKnownPath, string>>>;
  readonly constants: {
    readonly errno: Readonly<Record<string, number>>;
    readonly signals: Readonly<Record<string, number>>;
    readonly fs: Readonly<Record<string, number>>;
  };
  readonly limits: { readonly messageBytes: number; readonly replyBytes: number; readonly callBytes: number; readonly bodyBytes: number; readonly callsInFlight: number };
}
export type WellKnownPath =
  | 'home' | 'documents' | 'downloads' | 'desktop' | 'pictures' | 'music' | 'videos'
  | 'data' | 'config' | 'tmp' | 'log' | 'resources' | 'media';
declare const host: Host;
export default host;
