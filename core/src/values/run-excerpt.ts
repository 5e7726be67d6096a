import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { FileRef, Message } from './values.js';

/** The first words of a value, or its kind; a list shows no more than that. */
export const Excerpt = z
  .object({
    /** `data`: JSON. `large` and `restricted`: a value that is not read for a list. `none`: the run has no such values. */
    kind: z.enum(['text', 'data', 'file', 'empty', 'large', 'restricted', 'none']),
    /** One line: the first words, or the names of files. Empty for other kinds. */
    text: z.string(),
  })
  .meta({ id: 'Excerpt' });
export type Excerpt = z.infer<typeof Excerpt>;

/** The question of a run, and its answer once the run has ended. */
export const RunExcerpt = z.object({ question: Excerpt, answer: Excerpt.optional() }).meta({ id: 'RunExcerpt' });
export type RunExcerpt = z.infer<typeof RunExcerpt>;

/** Reply of `GET /api/run-excerpts`, by run. Runs that do not exist, or whose values the caller may not read, are missing. */
export const RunExcerptsReply = z
  .object({ excerpts: z.record(z.string(), RunExcerpt) })
  .meta({ id: 'RunExcerptsReply' });
export type RunExcerptsReply = z.infer<typeof RunExcerptsReply>;

const longest = 140;

const Stored = z.object({ value: z.unknown().optional(), label: z.object({ level: LabelLevel }).optional() });
const Files = z.union([FileRef.transform((file) => [file]), z.array(FileRef).min(1)]);

/** Kinds of values, the most informative first. If a run has several values, the list shows the first in this order. */
const order: readonly Excerpt['kind'][] = ['text', 'file', 'data', 'large', 'restricted', 'empty', 'none'];

/** Returns the excerpt of a run's inputs or outputs. @example excerptOf({ question: { value: 'How long?', label } }).text */
export function excerptOf(ports: Readonly<Record<string, unknown>>): Excerpt {
  const all = Object.values(ports).map(excerptOfPort);
  for (const kind of order) {
    const found = all.find((excerpt) => excerpt.kind === kind);
    if (found !== undefined) return found;
  }
  return { kind: 'none', text: '' };
}

function excerptOfPort(port: unknown): Excerpt {
  const stored = Stored.safeParse(port);
  if (!stored.success) return { kind: 'empty', text: '' };
  const { value, label } = stored.data;
  if (label?.level === 'restricted') return { kind: 'restricted', text: '' };
  // A large value is stored elsewhere.
  if (value === undefined) return { kind: 'large', text: '' };
  if (typeof value === 'string') return textExcerpt('text', value);
  if (value === null || (Array.isArray(value) && value.length === 0)) return { kind: 'empty', text: '' };
  const files = Files.safeParse(value);
  if (files.success) return textExcerpt('file', files.data.map(({ name }) => name).join(', '));
  const said = z.array(Message).safeParse(value).data?.at(-1);
  if (said !== undefined) return textExcerpt('text', saidIn(said));
  return textExcerpt('data', JSON.stringify(value).slice(0, 4 * longest));
}

function saidIn({ content }: Message): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : part.file.name)).join(' ');
}

function textExcerpt(kind: Excerpt['kind'], text: string): Excerpt {
  const line = text
    .slice(0, 8 * longest)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    // These characters would change the text direction of the rest of the line.
    .replace(/[\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .trim();
  return line === '' ? { kind: 'empty', text: '' } : { kind, text: cut(line) };
}

function cut(line: string): string {
  const signs = Array.from(line);
  if (signs.length <= longest) return line;
  const start = signs.slice(0, longest).join('');
  const word = start.lastIndexOf(' ');
  return `${word > longest / 2 ? start.slice(0, word) : start}…`;
}
