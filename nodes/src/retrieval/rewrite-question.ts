/** The ways in which a model can rewrite a question. */
export const rewriteModes = ['rewrite', 'multi', 'hyde', 'split', 'stepback'] as const;
type RewriteMode = (typeof rewriteModes)[number];

/** The defaults for rewriting: how many queries a model writes at most, and how many tokens. */
export const usualRewriting = { count: 3, maxTokens: 160 } as const;

/** The mode, and the most queries that a model writes in modes with several. */
interface Rewriting {
  readonly mode: RewriteMode;
  readonly count: number;
}

/** The instruction of each mode; small models follow short instructions best. */
const orders: Readonly<Record<RewriteMode, (most: number) => string>> = {
  rewrite: () =>
    'Write one search query for the last question that is understood without the conversation. Only the query.',
  multi: (most) => `Write ${most} different search queries for the question, one a line. Only the queries.`,
  hyde: () => 'Write two sentences that could stand in a document and answer the question.',
  split: (most) => `Split the question into at most ${most} simpler questions, one a line. Only the questions.`,
  stepback: () => 'Write one more general question whose answer gives the background of this one. Only the question.',
};

/** Modes that search the question itself too. */
const besideQuestion: ReadonlySet<RewriteMode> = new Set(['multi', 'split', 'stepback']);

export const promptOfRewriting = (question: string, { mode, count }: Rewriting): string =>
  `Question: ${question}\n\n${orders[mode](count)}`;

/** The most queries that are searched for a question, the question itself included if it is searched too. */
export const mostQueriesOf = ({ mode, count }: Rewriting): number =>
  (mode === 'multi' || mode === 'split' ? count : 1) + (besideQuestion.has(mode) ? 1 : 0);

/** The queries in the reply of a model, each once; undefined if none is usable. */
export function queriesOfRewriting(
  text: string,
  question: string,
  rewriting: Rewriting,
): readonly string[] | undefined {
  const made = usableIn(text, rewriting);
  if (made.length === 0) return undefined;
  return [...new Set(besideQuestion.has(rewriting.mode) ? [question, ...made] : made)];
}

/** The usable queries without list marks. Empty and very long ones are left out. */
function usableIn(text: string, { mode, count }: Rewriting): readonly string[] {
  const lines = mode === 'hyde' ? [text.replace(/\s+/g, ' ')] : text.split('\n');
  const longest = mode === 'hyde' ? 4_000 : 400;
  const usable = lines
    .map((line) =>
      line
        .replace(/^\s*(?:\d+[.)]|[-*•])\s*/, '')
        .replace(/^["'“]|["'”]$/g, '')
        .trim(),
    )
    .filter((line) => line.length <= longest && /\p{L}{2}/u.test(line) && !repeats(line));
  return usable.slice(0, mode === 'multi' || mode === 'split' ? count : 1);
}

/** Whether a small model was caught in a loop: its line repeats the same few words. */
function repeats(line: string): boolean {
  const words = line.toLowerCase().split(/\s+/);
  return words.length >= 8 && new Set(words).size < words.length / 3;
}
