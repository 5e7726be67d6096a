import { WorkflowTest } from '@heddle/core';
import { issuesText } from '../../data/http/issue-text.js';

/** A line of `tests.jsonl`. A line that cannot be read is kept as it is. */
export type TestLine =
  | { readonly kind: 'test'; readonly test: WorkflowTest }
  | { readonly kind: 'unreadable'; readonly text: string; readonly problem: string };

/** Reads `tests.jsonl`. Keeps lines that are not valid tests. */
export function readTests(content: string): readonly TestLine[] {
  return content.split(/\r?\n/).flatMap((text): TestLine[] => {
    if (text.trim() === '') return [];
    try {
      const read = WorkflowTest.safeParse(JSON.parse(text));
      if (read.success) return [{ kind: 'test', test: read.data }];
      const [issue] = read.error.issues;
      return [
        {
          kind: 'unreadable',
          text,
          problem: issuesText([{ field: issue?.path.join('.') ?? '', message: issue?.message ?? '' }]),
        },
      ];
    } catch {
      return [{ kind: 'unreadable', text, problem: 'The line is not valid JSON.' }];
    }
  });
}

/** Writes `tests.jsonl`, one test per line. */
export function writeTests(lines: readonly TestLine[]): string {
  return lines.map((line) => `${line.kind === 'test' ? JSON.stringify(line.test) : line.text}\n`).join('');
}

/** A name that no other test uses. */
export function freeName(wanted: string, lines: readonly TestLine[]): string {
  const taken = new Set(lines.flatMap((line) => (line.kind === 'test' ? [line.test.name] : [])));
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted} ${number}`)) number += 1;
  return `${wanted} ${number}`;
}

/** The checks of a test, in a short text. */
export function assertionText({ expect }: WorkflowTest): string {
  if (expect.error !== undefined) return `Ends with the error ${expect.error}`;
  const parts = [
    ...Object.entries(expect.outputs).map(([name, assertion]) => `${name}: ${Object.keys(assertion).join(', ')}`),
    ...(expect.citations === undefined ? [] : ['citations']),
    ...(expect.cost === undefined ? [] : ['cost']),
  ];
  return parts.length === 0 ? 'Ends without an error' : parts.join(' · ');
}
