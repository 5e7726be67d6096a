import type { Answers } from './answers.js';

/** Compares the answers of a server with earlier ones: nothing may be missing or changed. */
export function judgeKept(
  truth: Answers,
  answers: Answers,
): { readonly outcome: 'kept' | 'lost'; readonly violations: readonly string[] } {
  const violations = [...truth].flatMap(([path, { status, text }]) => {
    const found = answers.get(path);
    if (found?.status === status && found.text === text) return [];
    return [`${path} answered ${found?.status ?? 'nothing'} ${found?.text.slice(0, 200) ?? ''}`];
  });
  return { outcome: violations.length === 0 ? 'kept' : 'lost', violations };
}
