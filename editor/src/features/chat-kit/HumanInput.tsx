import type { ReactElement } from 'react';
import { QuestionForm } from './QuestionForm.js';
import type { Turn } from './types.js';

const states: Partial<Record<Turn['status'], string>> = {
  waiting: 'Waiting for a person. The answer continues automatically after the decision.',
  paused: 'Paused. The answer continues automatically later.',
  stopped: 'Stopped.',
};

/**
 * What a run waits for: the questions that this user may answer, each with its form. Without such questions, it says only that the run
 * waits, is paused or was stopped.
 */
export function HumanInput({ turn }: { readonly turn: Turn }): ReactElement | null {
  const { status, asks = [] } = turn;
  if (status === 'waiting' && asks.length > 0)
    return (
      <>
        {asks.map((question) => (
          <QuestionForm key={question.requestId} turn={turn} question={question} />
        ))}
      </>
    );
  const state = states[status];
  return state === undefined ? null : (
    <p className="state" data-state={status}>
      {state}
    </p>
  );
}
