import { listPath, type Answer, type Answers } from './answers.js';

/** The answers of a server with a damaged data folder. */
interface ServedAnswers {
  readonly answers: Answers;
  /** Whether the health check reports a fault of the storage. */
  readonly isFaultReported: boolean;
}

const codes = /"storage_(corrupt|rolled_back)"/;

/** Whether an answer reports damage. */
const saysDamage = ({ text }: Answer): boolean => codes.test(text);

/**
 * Compares the answers of a server with the truth. Each answer must be the same or report the damage, and the health check must report it
 * too.
 */
export function judgeAnswers(
  truth: Answers,
  { answers, isFaultReported }: ServedAnswers,
): { readonly outcome: 'same' | 'reported'; readonly violations: readonly string[] } {
  const differing = [...truth].filter(([path, { status, text }]) => {
    const found = answers.get(path);
    return found?.status !== status || found.text !== text;
  });
  const violations = differing.flatMap(([path]) => {
    const found = answers.get(path);
    if (found === undefined) return [`${path} was not asked for`];
    if (saysDamage(found)) return [];
    // The list leaves out runs that it cannot read. That is allowed only if the health check reports the fault.
    if (path === listPath && isFaultReported && isPartOf(found, truth.get(path))) return [];
    return [`${path} answered ${found.status} ${found.text.slice(0, 200)}`];
  });
  const isSilent = differing.length > 0 && violations.length === 0 && !isFaultReported;
  return {
    outcome: differing.length === 0 ? 'same' : 'reported',
    violations: [...violations, ...(isSilent ? ['answers say that they are damaged, health does not'] : [])],
  };
}

function isPartOf(found: Answer, truth: Answer | undefined): boolean {
  const whole = new Set(runsOf(truth?.text ?? ''));
  return found.status === 200 && runsOf(found.text).every((run) => whole.has(run));
}

function runsOf(text: string): string[] {
  const { runs = [] } = JSON.parse(text === '' ? '{}' : text) as { runs?: readonly unknown[] };
  return runs.map((run) => JSON.stringify(run));
}

/** Checks that a server whose start failed named the reason: its storage is damaged. */
export function judgeRefusal(code: number | null, output: string): readonly string[] {
  return code === 1 && /storage_(corrupt|rolled_back)/.test(output)
    ? []
    : [`the start ended with ${code ?? 'a signal'}: ${output.slice(0, 300)}`];
}
