import type { ReactElement } from 'react';
import { useSession } from '../session.js';
import { outboxKey, type GivenAnswer } from './answer-outbox.js';

/** An answer that the server does not have yet: what happens with it, and the ways to hurry it or to take it back. */
export function UnsentAnswer({
  answer,
  words,
}: {
  readonly answer: GivenAnswer;
  /** The answer as a person reads it. */
  readonly words: string;
}): ReactElement {
  const { answers } = useSession();
  return (
    <div className="ask-unsent" role="status">
      <p>
        <strong>Not sent yet.</strong> Heddle does not answer.{' '}
        {answer.isBreakpoint ? 'Going on' : words === '' ? 'Your answer' : `Your answer “${words}”`} is kept in this tab
        and sent by itself as soon as Heddle is back.
      </p>
      <div className="ask-actions">
        <button type="button" className="button" onClick={() => answers.again()}>
          Try now
        </button>
        <button
          type="button"
          className="button"
          onClick={() => answers.takeBack(outboxKey(answer.runId, answer.askId))}
        >
          Take it back
        </button>
      </div>
    </div>
  );
}
