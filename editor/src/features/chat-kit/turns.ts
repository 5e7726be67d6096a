import { newId } from './stored-conversation.js';
import type { ChatPorts, ThreadPage, Turn } from './types.js';

/** The most earlier turns that are sent with a question if the workflow has no memory of its own. */
const mostHistory = 50;

/** Whether the answer is still expected. */
export const isPending = ({ status }: Turn): boolean =>
  status === 'running' || status === 'waiting' || status === 'paused';

/** A new turn whose answer is expected. */
export const asked = (id: string, question: string, files: readonly string[]): Turn => ({
  id,
  question,
  files,
  name: newId(),
  status: 'running',
  answer: '',
  sources: [],
  given: [],
});

/** The value of the chat's input. It includes the earlier turns if the workflow takes messages and has no memory. */
export function inputOf(turn: Turn, turns: readonly Turn[], { takes, hasMemory }: ChatPorts): unknown {
  if (takes !== 'messages') return turn.question;
  const message = { role: 'user', content: turn.question };
  if (hasMemory === true) return [message];
  const index = turns.findIndex(({ id }) => id === turn.id);
  const said = turns
    .slice(0, Math.max(0, index))
    .filter(({ status, answer }) => status === 'done' && answer !== '')
    .slice(-mostHistory)
    .flatMap(({ question, answer }) => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]);
  return [...said, message];
}

/** Questions with their answers, from the messages of a thread. */
export function turnsOf(messages: ThreadPage['messages']): readonly Turn[] {
  const turns: Turn[] = [];
  for (const { role, text, run, isWithheld, citations = [], feedback } of messages) {
    const last = turns.at(-1);
    const shown = isWithheld ? 'This message is not shown here.' : text;
    const done = { status: 'done', runId: run } as const;
    if (role === 'user') {
      turns.push({ ...asked(newId(), shown, []), ...done });
      continue;
    }
    const [own] = feedback ?? [];
    const said = own === undefined ? undefined : ratingOf(own);
    const answer = { answer: shown, sources: citations, said };
    if (last !== undefined && last.answer === '' && last.runId === run)
      turns[turns.length - 1] = { ...last, ...answer };
    else turns.push({ ...asked(newId(), '', []), ...done, ...answer });
  }
  return turns;
}

/** Joins the turns of two pages. A turn that is split between the pages becomes one again. */
export function joinTurns(older: readonly Turn[], newer: readonly Turn[]): readonly Turn[] {
  const last = older.at(-1);
  const [first, ...others] = newer;
  const isOne =
    last !== undefined &&
    first !== undefined &&
    last.answer === '' &&
    first.question === '' &&
    last.runId !== undefined &&
    last.runId === first.runId;
  return isOne ? [...older.slice(0, -1), { ...first, question: last.question }, ...others] : [...older, ...newer];
}

type OwnFeedback = NonNullable<ThreadPage['messages'][number]['feedback']>[number];

const ratingOf = ({ thumb, rating, comment, correction }: OwnFeedback): Turn['said'] => ({
  thumb,
  rating,
  comment,
  correction: typeof correction === 'string' ? correction : undefined,
});
