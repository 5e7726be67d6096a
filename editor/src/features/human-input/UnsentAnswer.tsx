import type { ReactElement } from 'react';
import { useSession } from '../session/index.js';
import { outboxKey, type GivenAnswer } from '../run/index.js';
import styles from './human-input.module.css';

/** An answer that has not reached the server yet, with its state and buttons that retry or discard it. */
export function UnsentAnswer({ answer, text }: { readonly answer: GivenAnswer; readonly text: string }): ReactElement {
  const { answers } = useSession();
  return (
    <div className={styles['request-unsent']} role="status">
      <p>
        <strong>Not sent yet.</strong> Heddle does not answer.{' '}
        {answer.isBreakpoint ? 'Continuing' : text === '' ? 'Your answer' : `Your answer “${text}”`} is kept in this tab
        and sent automatically when Heddle is back.
      </p>
      <div className="request-actions">
        <button type="button" className="button" onClick={() => answers.again()}>
          Retry now
        </button>
        <button
          type="button"
          className="button"
          onClick={() => answers.takeBack(outboxKey(answer.runId, answer.requestId))}
        >
          Discard
        </button>
      </div>
    </div>
  );
}
