import { DatasetRow, type StoredDatasetRow } from '@heddle/core';
import type { LabelLevel } from '@heddle/core';
import type { z } from 'zod';

/** A row as a form holds it. */
export interface RowDraft {
  readonly inputs: string;
  readonly expected: string;
  readonly isText: boolean;
  readonly split: string;
  readonly tags: string;
  readonly label: LabelLevel;
  readonly references: string;
}

/** The form of a new row. It takes the names of the inputs, the split and the label from a similar row. */
export function newDraft(like: StoredDatasetRow | undefined): RowDraft {
  const inputs = Object.fromEntries(Object.keys(like?.inputs ?? { question: '' }).map((name) => [name, '']));
  return {
    inputs: jsonOf(inputs),
    expected: '',
    isText: true,
    split: like?.split ?? '',
    tags: '',
    references: '',
    label: like?.label ?? 'internal',
  };
}

/** The form of an existing row. */
export function draftOf({ inputs, expected, split = '', tags = [], label, references }: StoredDatasetRow): RowDraft {
  const isText = expected === undefined || typeof expected === 'string';
  return {
    inputs: jsonOf(inputs),
    isText,
    split,
    tags: tags.join(', '),
    label,
    expected: expected === undefined ? '' : typeof expected === 'string' ? expected : jsonOf(expected),
    references: references === undefined || references.length === 0 ? '' : jsonOf(references),
  };
}

type RowProblems = Partial<Record<'inputs' | 'expected' | 'split' | 'tags' | 'references', string>>;

/** The row of a form, or the problems by field. Fields that the form does not show stay as they were. */
export function readDraft(draft: RowDraft, before: StoredDatasetRow | undefined): DatasetRow | RowProblems {
  const problems: Record<string, string> = {};
  const read = (name: 'inputs' | 'expected' | 'references', text: string): unknown => {
    if (text.trim() === '') return undefined;
    try {
      return JSON.parse(text);
    } catch (error) {
      problems[name] = `This is not valid JSON: ${error instanceof Error ? error.message : String(error)}`;
      return undefined;
    }
  };
  const { hash: _hash, ...kept } = before ?? { hash: '' };
  const row = {
    ...kept,
    inputs: read('inputs', draft.inputs) ?? {},
    expected: draft.isText ? draft.expected || undefined : read('expected', draft.expected),
    split: draft.split.trim() || undefined,
    tags: listOf(draft.tags),
    label: draft.label,
    references: read('references', draft.references),
  };
  const parsed = DatasetRow.safeParse(
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success && Object.keys(problems).length === 0) return parsed.data;
  for (const { path, message } of parsed.error?.issues ?? []) problems[String(path[0])] ??= textOf(path, message);
  return problems;
}

/** Whether `readDraft` returned a row and not problems. */
export const isRow = (read: DatasetRow | RowProblems): read is DatasetRow => DatasetRow.safeParse(read).success;

const textOf = (path: z.core.$ZodIssue['path'], message: string): string =>
  path.length > 1 ? `${path.slice(1).join('.')}: ${message}` : message;

function listOf(text: string): readonly string[] | undefined {
  const tags = text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  return tags.length === 0 ? undefined : tags;
}

const jsonOf = (value: unknown): string => JSON.stringify(value, null, 2);
