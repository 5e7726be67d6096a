import { canonicalJson, type Audit, type AuditRecord } from '@heddle/core';

/** How an export is written. */
export type ExportFormat = 'jsonl' | 'csv';

type Range = Pick<Parameters<Audit['list']>[0], 'from' | 'to' | 'act' | 'who' | 'project' | 'subject'>;

const columns = [
  'number',
  'time',
  'act',
  'who',
  'project',
  'subject',
  'isAllowed',
  'details',
  'previous',
  'hash',
] as const;
const pageSize = 1_000;

/** Records of a range, newest first, as lines; a page is in memory at a time. */
export async function* exportAudit(
  audit: Pick<Audit, 'list'>,
  range: Range,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield `${columns.join(',')}\r\n`;
  let before: number | undefined;
  for (;;) {
    const page = await audit.list({ ...range, limit: pageSize, ...(before === undefined ? {} : { before }) });
    if (page.length > 0) yield page.map((record) => lineOf(record, format)).join('');
    if (page.length < pageSize) return;
    before = page.at(-1)?.number;
  }
}

function lineOf(record: AuditRecord, format: ExportFormat): string {
  if (format === 'jsonl') return `${canonicalJson(record)}\n`;
  const cells = { ...record, time: new Date(record.time).toISOString(), details: canonicalJson(record.details) };
  return `${columns.map((column) => csvCell(String(cells[column] ?? ''))).join(',')}\r\n`;
}

/**
 * A leading sign would be a formula to a spreadsheet, also a full-width one or one behind space; a quote in front keeps it text. A
 * number is none, and stays one. What divides cells in some languages is kept inside of one.
 */
export function csvCell(text: string): string {
  const isFormula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) && !/^-\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
