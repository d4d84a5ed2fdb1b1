/** What the host holds open for this app. */
import process from 'socket:process';
/** How much of a thing there is. */
export class Diagnostic { handles: { count: number; ids: string[] } = { count: 0, ids: [] }; }
export class QueryDiagnostic {
  /** Bytes the host's process uses. */
  memory: Record<string, number> = {};
  uptime = 0;
}
export async function query(): Promise<QueryDiagnostic> { return Object.assign(new QueryDiagnostic(), { memory: { ...process.memoryUsage() }, uptime: process.uptime() }); }
export default { query };
