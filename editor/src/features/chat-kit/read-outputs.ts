import type { ChatRun, Source, StoredFile } from './types.js';

/** Whether a value is an object and not an array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isStoredFile = (value: unknown): value is StoredFile =>
  isObject(value) &&
  typeof value['id'] === 'string' &&
  value['id'].startsWith('sha256:') &&
  typeof value['name'] === 'string' &&
  typeof value['size'] === 'number';

interface FoundPassage {
  readonly id: string;
  readonly document: string;
  readonly text: string;
}

const isPassage = (value: unknown): value is FoundPassage =>
  isObject(value) &&
  typeof value['id'] === 'string' &&
  typeof value['document'] === 'string' &&
  typeof value['text'] === 'string';

const isCitation = (value: unknown): boolean =>
  isObject(value) && typeof value['passage'] === 'string' && typeof value['quote'] === 'string' && 'number' in value;

/** Whether an output holds sources: these are shown as sources, not again as data. */
export const isSources = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => isCitation(entry));

/** The sources of a run, with their passages where an output has them. */
export function sourcesOf({ outputs, citations = [] }: ChatRun): readonly Source[] {
  const passages = new Map<string, string>();
  for (const value of Object.values(outputs).flat())
    if (isPassage(value)) passages.set(`${value.document} ${value.id}`, value.text);
  return citations.map((citation) => {
    const text = passages.get(`${citation.document} ${citation.passage}`);
    return text === undefined ? citation : { ...citation, words: text };
  });
}

/** The files of a run. */
export const filesOf = ({ outputs }: ChatRun): readonly StoredFile[] =>
  Object.values(outputs).flat().filter(isStoredFile);

/** The text of an output, for a chat. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}
