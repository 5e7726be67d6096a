import { showToast } from '../view/index.js';
import type { Session } from '../session/index.js';
import { outboxKey } from '../run/index.js';

interface NamedQuestion {
  readonly runId: string;
  readonly requestId: string;
  readonly title: string;
}

/**
 * Follows open requests. If a request closes while it has unsent input here, says that the input was not sent, and removes it.
 *
 * @example const see = followQuestions(session); see(asks); see(fewer)
 */
export function followQuestions({
  drafts,
  answers,
  view,
}: Pick<Session, 'drafts' | 'answers' | 'view'>): (open: readonly NamedQuestion[]) => void {
  let before: readonly NamedQuestion[] = [];
  return (open) => {
    const still = new Set(open.map(({ runId, requestId }) => outboxKey(runId, requestId)));
    const { waiting } = answers.store.getState();
    for (const { runId, requestId, title } of before) {
      const key = outboxKey(runId, requestId);
      if (still.has(key) || answers.isGiven(key) || waiting.has(key) || drafts.read(key) === undefined) continue;
      drafts.forget(key);
      showToast(view, `“${title}” is closed. Your input was not sent. The run shows who decided.`, true);
    }
    before = open;
  };
}
