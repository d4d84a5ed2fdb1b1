/** What the engine does for the page's own window: print, PDF, pictures, zoom, find. Each call needs a source: `ipc://window/printToPDF/$DOCUMENTS/` and so on (docs/engine-services.md). */
import host from 'socket:internal/host';
import { call, callBytes, commandUrl } from 'socket:ipc';

/** Paper by its name, or in inches. */
export type PageSize = 'A3' | 'A4' | 'A5' | 'A6' | 'Letter' | 'Legal' | 'Tabloid' | { width: number; height: number };
export interface PDFOptions {
  landscape?: boolean; printBackground?: boolean; preferCSSPageSize?: boolean; displayHeaderFooter?: boolean; headerTemplate?: string; footerTemplate?: string;
  /** 0.1 to 2. */
  scale?: number;
  pageSize?: PageSize;
  /** In inches. */
  margins?: { top?: number; bottom?: number; left?: number; right?: number };
  /** Such as `1-3, 5`. */
  pageRanges?: string;
  /** With the structure that screen readers need. */
  tagged?: boolean;
  /** With bookmarks of the headings. */
  outline?: boolean;
}
export interface Printer { readonly name: string; readonly isDefault: boolean }
export interface PictureOptions {
  /** By the file's name if it is left out. */
  format?: 'png' | 'jpeg' | 'webp';
  /** Of jpeg and webp, 0 to 100. */
  quality?: number;
  /** A part of the page, in CSS pixels. */
  clip?: { x?: number; y?: number; width: number; height: number };
  /** The whole page, beyond what the window shows. */
  fullPage?: boolean;
}
export interface FindOptions { matchCase?: boolean; backwards?: boolean }
/** `active` counts from 1; 0 if there is none. `more`: there are more matches than are counted. */
export interface FindResult { readonly matches: number; readonly active: number; readonly more: boolean }

/** The part of a window that the engine serves. */
export abstract class WindowServices extends EventTarget {
  abstract get index(): number;
  #own(): void {
    if (this.index !== host.window.index) throw Object.assign(new TypeError('Only the page in that window can ask for this: send it a message'), { code: 'ERR_INVALID_CALL' });
  }
  async #call(command: string, params?: object, resource?: string): Promise<any> {
    this.#own();
    return call(commandUrl('window', command, resource), { ...params });
  }
  /** Writes the page as a PDF; a file that is there is replaced. */
  async printToPDF(path: string, options: PDFOptions = {}): Promise<void> { await this.#call('printToPDF', options, path); }
  /** Asks the person for a printer, and prints. `AbortError` if there is none that the person wants. */
  async print(options: PDFOptions = {}): Promise<void> { await this.#call('print', options); }
  /** Prints without a question. Needs a source with the printer's name: `ipc://window/printTo/Office`. */
  async printTo(printer: string, options: PDFOptions & { copies?: number } = {}): Promise<void> { await this.#call('printTo', options, printer); }
  getPrinters(): Promise<Printer[]> { return this.#call('printers'); }
  /** Writes a picture of the page; a file that is there is replaced. */
  async screenshot(path: string, options: PictureOptions = {}): Promise<void> { await this.#call('screenshot', options, path); }
  /** A picture of the page: the bytes of a file. */
  async capturePage(options: PictureOptions = {}): Promise<Uint8Array> {
    this.#own();
    return callBytes(commandUrl('window', 'capturePage'), { ...options });
  }
  /** How large the page is shown: 1 is its own size. */
  async getZoom(): Promise<number> { return (await this.#call('zoom')).factor; }
  /** @param factor 0.25 to 5 */
  async setZoom(factor: number): Promise<number> { return (await this.#call('zoom', { factor })).factor; }
  /** Marks the text in the page and brings a match into view; with the same text again, the next one. */
  find(text: string, options: FindOptions = {}): Promise<FindResult> { return this.#call('find', { ...options, text }); }
  /** Takes the marks away; with `select`, the match that was shown is selected. */
  async stopFinding(options: { select?: boolean } = {}): Promise<void> { await this.#call('stopFinding', options); }
}
export default WindowServices;
