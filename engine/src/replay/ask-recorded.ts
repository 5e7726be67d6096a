import { defaultLabel, type Answer, type Question } from '@heddle/core';
import type { Task } from '../run/run-tree.js';
import { questionHash } from './question-hash.js';
import { endAtEffect, writeReplayDecision, type Replay, type ReplayRunning } from './replay.js';

/** Returns the answer that a person gave in the recorded run. If the recorded run did not ask the question, the node ends. */
export function askRecorded(
  run: ReplayRunning & { readonly memory: { readonly replay: Replay | undefined } },
  task: Task,
  question: Question,
): Answer {
  const { replay } = run.memory;
  if (replay === undefined) throw new TypeError('Only a replay has a recorded run.');
  const hash = questionHash(question);
  const effect = { call: 'people', target: `a person: ${question.title}`, hash };
  const end = replay.recorded.answer(task.path, hash);
  if (end === undefined) return endAtEffect(run, replay, task, effect);
  writeReplayDecision(run, replay, task, { outcome: 'served', ...effect });
  task.raise(defaultLabel);
  if (end.outcome === 'expired') return { type: 'expired' };
  return { type: 'answered', value: end.value, by: end.by, reason: end.reason };
}
