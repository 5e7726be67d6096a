import { say } from '../view/view-store.js';
import type { Session } from '../session.js';
import { outboxKey } from './answer-outbox.js';

/** A question by its names. */
export interface NamedQuestion {
  readonly runId: string;
  readonly askId: string;
  readonly title: string;
}

/**
 * Follows the questions that are open. One that goes while an answer to it is half typed, and that was not answered here, does not
 * go without a word: what was typed was not sent, and is forgotten.
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
    const still = new Set(open.map(({ runId, askId }) => outboxKey(runId, askId)));
    const { waiting } = answers.store.getState();
    for (const { runId, askId, title } of before) {
      const key = outboxKey(runId, askId);
      if (still.has(key) || answers.isGiven(key) || waiting.has(key) || drafts.read(key) === undefined) continue;
      drafts.forget(key);
      say(view, `“${title}” is not open any more. What you typed was not sent. The run says who decided.`, true);
    }
    before = open;
  };
}
