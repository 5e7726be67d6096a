import type { DocumentKind } from './kinds.js';

const textKinds: ReadonlySet<DocumentKind> = new Set([
  ...(['text', 'markdown', 'html', 'csv', 'tsv', 'json', 'jsonl', 'eml', 'rst', 'org', 'code'] as const),
]);
const mailHeaders =
  /^(from|to|cc|subject|date|message-id|mime-version|received|return-path|content-type|reply-to|delivered-to|x-[\w-]+):/i;

/** Detects the kind of a text by its content; the hint decides only between kinds that look alike. */
export function sniffText(text: string, hint: DocumentKind | undefined): DocumentKind {
  const head = text.slice(0, 8192).trimStart();
  // These kinds look like other text, so only the name can tell.
  if (hint === 'code' || hint === 'rst' || hint === 'org') return hint;
  if (hint === 'notebook' && head.startsWith('{')) return hint;
  if (isHtml(head, hint)) return 'html';
  if (isXml(head, hint)) return 'xml';
  if (isMail(head)) return 'eml';
  if (hint === 'json' || hint === 'jsonl') return hint;
  const data = dataKind(text, head);
  if (data !== undefined && (hint === undefined || !textKinds.has(hint) || hint === 'html' || hint === 'eml'))
    return data;
  if (hint === 'csv' || hint === 'tsv' || hint === 'markdown' || hint === 'text') return hint;
  if (isTable(head)) return 'csv';
  return isMarkdown(head) ? 'markdown' : 'text';
}

function isHtml(head: string, hint: DocumentKind | undefined): boolean {
  const start = head.replace(/^(\s*(<\?xml[^>]{0,500}\?>|<!--[\s\S]{0,4000}?-->))*\s*/i, '');
  if (/^<(!doctype\s+html|html|head|body)[\s>]/i.test(start)) return true;
  return hint === 'html' && /<[a-z][a-z0-9]*[\s>/]/i.test(head);
}

/** Text with an XML declaration, or text with an XML file name that begins with an element. */
const isXml = (head: string, hint: DocumentKind | undefined): boolean =>
  hint !== 'text' &&
  hint !== 'markdown' &&
  (/^<\?xml\s/i.test(head) || (hint === 'xml' && /^<[a-z_][\w:.-]*[\s>/]/i.test(head)));

/** At least two mail headers before the first empty line; one is From, Subject, Received or Message-ID. */
function isMail(head: string): boolean {
  const lines = head.split('\n', 40);
  const first = lines[0] ?? '';
  if (!mailHeaders.test(first) && !/^From \S+@?\S* /.test(first)) return false;
  const end = lines.indexOf('');
  const names = lines.slice(0, end < 0 ? lines.length : end).filter((line) => mailHeaders.test(line));
  return names.length >= 2 && names.some((line) => /^(from|subject|received|message-id):/i.test(line));
}

function dataKind(text: string, head: string): 'json' | 'jsonl' | undefined {
  const first = head.charAt(0);
  if (first !== '{' && first !== '[') return undefined;
  const firstLine = text.trimStart().split('\n', 1)[0] ?? '';
  if (first === '{' && firstLine.trimEnd().endsWith('}') && isJson(firstLine) && text.trim().length > firstLine.length)
    return 'jsonl';
  const last = text.slice(-64).trimEnd().at(-1);
  return last === (first === '{' ? '}' : ']') && /^[[{]\s*(["[{\]}\d-]|true|false|null)/.test(head)
    ? 'json'
    : undefined;
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false; // only the question whether it is JSON
  }
}

/** Three or more lines with the same number of the same delimiter. */
function isTable(head: string): boolean {
  const lines = head
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.trim() !== '')
    .slice(0, 20);
  if (lines.length < 3 || lines.some((line) => line.startsWith('|'))) return false;
  return [',', ';', '\t'].some((delimiter) => {
    const counts = lines.map((line) => line.replace(/"[^"]*"/g, '').split(delimiter).length);
    return (counts[0] ?? 0) > 1 && counts.every((count) => count === counts[0]);
  });
}

function isMarkdown(head: string): boolean {
  return (
    /^#{1,6} \S/m.test(head) ||
    /^(```|~~~)/m.test(head) ||
    /\[[^\]\n]{1,200}\]\([^)\s]{1,500}\)/.test(head) ||
    /^\|.*\|\s*$/m.test(head)
  );
}
