import { WorkflowTest } from '@heddle/core';
import { issueWords } from '../../../api/issue-words.js';

/** One line of `tests.jsonl`: a test, or what cannot be read and is kept as it stands. */
export type TestLine =
  | { readonly kind: 'test'; readonly test: WorkflowTest }
  | { readonly kind: 'unreadable'; readonly text: string; readonly problem: string };

/** Reads `tests.jsonl`; nothing of it is lost, also where a line is no test. */
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
          problem: issueWords([{ field: issue?.path.join('.') ?? '', message: issue?.message ?? '' }]),
        },
      ];
    } catch {
      return [{ kind: 'unreadable', text, problem: 'It is not valid JSON.' }];
    }
  });
}

/** Writes `tests.jsonl`, one test a line. */
export function writeTests(lines: readonly TestLine[]): string {
  return lines.map((line) => `${line.kind === 'test' ? JSON.stringify(line.test) : line.text}\n`).join('');
}

/** A name that no other test has. */
export function freeName(wanted: string, lines: readonly TestLine[]): string {
  const taken = new Set(lines.flatMap((line) => (line.kind === 'test' ? [line.test.name] : [])));
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted} ${number}`)) number += 1;
  return `${wanted} ${number}`;
}

/** What a test asserts, in a few words. */
export function assertionWords({ expect }: WorkflowTest): string {
  if (expect.error !== undefined) return `Ends with the error ${expect.error}`;
  const parts = [
    ...Object.entries(expect.outputs).map(([name, assertion]) => `${name}: ${Object.keys(assertion).join(', ')}`),
    ...(expect.citations === undefined ? [] : ['citations']),
    ...(expect.cost === undefined ? [] : ['cost']),
  ];
  return parts.length === 0 ? 'That it ends well' : parts.join(' · ');
}
