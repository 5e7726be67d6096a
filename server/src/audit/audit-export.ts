import { canonicalJson, csvCell, type Audit, type AuditRecord } from '@heddle/core';

type ExportFormat = 'jsonl' | 'csv';

type Range = Pick<Parameters<Audit['list']>[0], 'from' | 'to' | 'kinds' | 'who' | 'project' | 'subject'>;

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

/** Yields the audit events of a range as lines, newest first. One page is in memory at a time. */
export async function* exportAudit(
  audit: Pick<Audit, 'list'>,
  range: Range,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield `${columns.join(',')}\r\n`;
  let before: number | undefined;
  for (;;) {
    const page = await audit.list({ ...range, limit: pageSize, before });
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
