/** Media types by file name: the tables of the npm package `mime`. */
import standard from 'mime/types/standard.js';
import other from 'mime/types/other.js';
import { MIMEParams } from 'socket:mime/params';
import { MIMEType } from 'socket:mime/type';
export { MIMEParams, MIMEType };
export class DatabaseQueryResult {
  readonly database: Database | null;
  constructor(database: Database | null, readonly name: string, readonly mime: string) {
    this.database = database;
    Object.defineProperty(this, 'database', { enumerable: false });
  }
}
/** The types of one kind: `image`, `text`, … */
export class Database {
  /** Type by extension. */
  readonly map: Map<string, string> = new Map();
  /** Extensions by type. */
  readonly index: Map<string, string[]> = new Map();
  constructor(readonly name: string) {
    for (const table of [standard, other]) {
      for (const [type, list] of Object.entries(table)) {
        if (!type.startsWith(name + '/')) continue;
        // A star says that another type has the extension too, and is the better one.
        this.index.set(type, list.map(extension => extension.replace('*', '')));
        for (const extension of list) if (!extension.startsWith('*') && !this.map.has(extension)) this.map.set(extension, type);
      }
    }
  }
  load(): Promise<void> { return Promise.resolve(); }
  loadSync(): void {}
  entries(): [string, string][] { return [...this.map]; }
  query(query: string): DatabaseQueryResult[] {
    const text = query.toLowerCase().replace(/;.*$/, '').trim();
    if (text.includes('/') && this.index.has(text)) return this.index.get(text)!.map(extension => new DatabaseQueryResult(this, extension, text));
    const type = this.map.get(text.replace(/^.*[./\\]/, ''));
    return type === undefined ? [] : [new DatabaseQueryResult(this, text.replace(/^.*[./\\]/, ''), type)];
  }
  lookup(query: string): Promise<DatabaseQueryResult[]> { return Promise.resolve(this.query(query)); }
  lookupSync(query: string): DatabaseQueryResult[] { return this.query(query); }
}
export const application: Database = new Database('application'), audio: Database = new Database('audio'), font: Database = new Database('font'), image: Database = new Database('image'),
  model: Database = new Database('model'), multipart: Database = new Database('multipart'), text: Database = new Database('text'), video: Database = new Database('video');
export const databases: readonly Database[] = [application, audio, font, image, model, multipart, text, video];
/** What is known of a file name, an extension or a type. */
export function lookupSync(query: string): DatabaseQueryResult[] { return databases.flatMap(database => database.query(query)); }
export function lookup(query: string): Promise<DatabaseQueryResult[]> { return Promise.resolve(lookupSync(query)); }
export default { application, audio, Database, DatabaseQueryResult, databases, font, image, lookup, lookupSync, MIMEParams, MIMEType, model, multipart, text, video };
