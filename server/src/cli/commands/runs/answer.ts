import { Citation, type CompileReply, type RunReply, type StreamEvent } from '@heddle/core';
import { z } from 'zod';

interface Edges {
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** The outputs (`node.port`) that feed a sink. Only their streams are printed during a run. */
export function outputStreams(document: Edges, ports: CompileReply['ports']): ReadonlySet<string> {
  const isSink = (node: string): boolean => ports[node]?.outputs.length === 0;
  return new Set(document.edges.flatMap(({ from, to }) => (isSink(to.split('.')[0] ?? '') ? [from] : [])));
}

/** Prints streamed text as it arrives; the text of a retry begins on a new line. `written` holds what was printed of each output. */
export function createStreamPrinter(
  streams: ReadonlySet<string>,
  write: (text: string) => void,
): { print(events: readonly StreamEvent[]): void; readonly written: ReadonlyMap<string, string> } {
  const written = new Map<string, string>();
  const attempts = new Map<string, number>();
  return {
    written,
    print: (events) => {
      for (const event of events) {
        if (event.type !== 'node-delta' && event.type !== 'node-snapshot') continue;
        const key = `${event.path.split('@')[0] ?? ''}.${event.port}`;
        if (!streams.has(key)) continue;
        if ((attempts.get(key) ?? event.attempt) < event.attempt) {
          write('\n');
          written.delete(key);
        }
        attempts.set(key, event.attempt);
        const known = written.get(key) ?? '';
        const whole = event.type === 'node-snapshot' ? event.text : known.slice(0, event.offset) + event.delta;
        if (whole.length <= known.length) continue;
        write(whole.slice(known.length));
        written.set(key, whole);
      }
    },
  };
}

/**
 * Formats the outputs of a run for people: text as it is, citations as a list of sources, anything else as JSON. Outputs that were streamed
 * are left out.
 */
export function answerLines(outputs: RunReply['outputs'], streamed: ReadonlyMap<string, string> = new Map()): string[] {
  const printed = new Set([...streamed.values()].map((text) => text.trim()));
  const entries = Object.entries(outputs);
  const isAlone = entries.filter(([, value]) => citationsOf(value) === undefined).length === 1;
  return entries.flatMap(([name, value]) => {
    const citations = citationsOf(value);
    if (citations !== undefined) return citationLines(citations);
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    if (printed.has(text.trim())) return [];
    return isAlone ? [text] : [`${name}: ${text}`];
  });
}

function citationsOf(value: unknown): readonly Citation[] | undefined {
  const parsed = z.array(Citation).min(1).safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function citationLines(citations: readonly Citation[]): string[] {
  return [
    '',
    'Sources:',
    ...citations.map(({ number, title, document, place: at, quote, linkedBy = [] }) => {
      const where = [
        at?.headings?.at(-1),
        at?.page === undefined ? undefined : `page ${at.page}`,
        at?.row === undefined ? undefined : `row ${at.row}`,
        at?.line === undefined || at.page !== undefined ? undefined : `line ${at.line}`,
      ].filter((part) => part !== undefined);
      const name = title === undefined || title === document ? document : `${title} (${document})`;
      const parts = [name, ...where, ...(linkedBy.length === 0 ? [] : [`found through ${linkedBy.join(', ')}`])];
      return `  [${number}] ${parts.join(', ')}: "${shorten(quote)}"`;
    }),
  ];
}

function shorten(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= 160 ? flat : `${flat.slice(0, 157)}...`;
}
