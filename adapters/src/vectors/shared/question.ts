/** So often the question repeats a term that it has once, where it has another one several times. */
const onceTimes = 12;

/**
 * The words of the question for the server, which weighs a term by how often the question has it. Ours weigh by the square root of that, so terms
 * are repeated in that relation, to two parts in a hundred; scores are divided by the factor.
 */
export function questionOf(terms: readonly (readonly [term: string, times: number])[]): {
  readonly query: string;
  readonly factor: number;
} {
  const isPlain = terms.every(([, times]) => times === 1);
  const factor = isPlain ? 1 : onceTimes;
  const repeated = terms.flatMap(([term, times]) => Array<string>(Math.round(factor * Math.sqrt(times))).fill(term));
  return { query: repeated.join(' '), factor };
}
