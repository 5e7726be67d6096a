import { useEffect, type ReactElement } from 'react';
import { Notice } from '../frame/Notice.js';
import { formatAgo } from '../format/format-time.js';
import { AnswerForm } from '../run/AnswerForm.js';
import { useNow } from '../run/use-now.js';
import { useSession } from '../session.js';
import { ValueView } from '../values/ValueView.js';
import { Link } from './Link.js';
import { runPath } from './route.js';
import { useAsks } from './runs/use-asks.js';

/** Every question that a run waits for, with the form of its answer; answered ones leave by themselves. */
export function InboxPage(): ReactElement {
  const { runs } = useSession();
  useEffect(() => runs.leave(), [runs]);
  const { asks, error } = useAsks();
  const now = useNow(false);
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <h1>Inbox</h1>
          {asks === undefined || asks.length === 0 ? null : (
            <span className="quiet">{asks.length === 1 ? 'One run waits' : `${asks.length} questions wait`}</span>
          )}
        </header>
        {error === undefined ? null : <Notice error={error} />}
        {asks === undefined ? (
          error === undefined ? (
            <p className="quiet">Reading the questions…</p>
          ) : null
        ) : asks.length === 0 ? (
          <p className="section-empty quiet">
            Nobody is waited for. When a run asks a person, or stops at a breakpoint, the question stands here with its
            form, and the run goes on as soon as it is answered.
          </p>
        ) : (
          <ul className="inbox" aria-label="Open questions">
            {asks.map((ask) => (
              <li key={ask.askId} className="inbox-item">
                <AnswerForm runId={ask.runId} askId={ask.askId} question={ask.question} />
                {ask.question.details === undefined ? null : (
                  <ValueView value={{ value: ask.question.details, label: { level: 'internal', marks: [] } }} />
                )}
                <p className="quiet inbox-note">
                  <span className="mono">{ask.path}</span> · asked {formatAgo(ask.time, now)}
                  {ask.question.assignee === undefined ? '' : ` · for ${ask.question.assignee}`}
                  {ask.question.dueAt === undefined
                    ? ''
                    : ` · until ${new Date(ask.question.dueAt).toLocaleString()}`}{' '}
                  ·{' '}
                  <Link href={runPath(ask.runId)} className="text-link">
                    Open the run
                  </Link>
                </p>
              </li>
            ))}
          </ul>
        )}
      </div>
    </main>
  );
}
