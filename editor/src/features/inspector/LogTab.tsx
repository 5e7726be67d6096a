import { useMemo, useState, type ReactElement } from 'react';
import { nodeOf, useLog, useRunHead } from '../run/index.js';
import { useExecutionTitle } from '../executions/index.js';
import { JsonText } from '../../ui/values/JsonText.js';
import { MoreEntries } from '../../ui/values/MoreEntries.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { formatTimeOfDay } from '../../ui/format/format-time-of-day.js';

const firstLines = 100;

/** The log of a node in the run that is shown: messages, attempts, errors and decisions, in order. */
export function LogTab({ nodeId }: { readonly nodeId: string }): ReactElement {
  const head = useRunHead();
  const log = useLog();
  const lines = useMemo(
    () => log.filter(({ path }) => path !== undefined && nodeOf(path.split('/')[0] ?? '') === nodeId),
    [log, nodeId],
  );
  const [most, setMost] = useState(firstLines);
  if (head === undefined) return <p className="quiet">Run the workflow to see the log of this node.</p>;
  if (lines.length === 0) return <p className="quiet">This node has no log in this run.</p>;
  return (
    <>
      <ol className="grid gap-6">
        {lines.slice(0, most).map(({ seq, time, path, level, message, details }) => (
          <li key={seq} className="log-line" data-level={level}>
            <p>
              <time className="quiet figure" dateTime={new Date(time).toISOString()}>
                {formatTimeOfDay(time)}
              </time>{' '}
              {level === 'info' ? null : <strong>{level === 'warn' ? 'Warning' : 'Error'} </strong>}
              <span className="value-text">{visibleText(message.slice(0, 5000))}</span>
              {path === undefined || path === nodeId ? null : <LogPosition path={path} />}
            </p>
            {details === undefined || Object.keys(details).length === 0 ? null : (
              <details>
                <summary className="quiet">Details</summary>
                <JsonText value={details} />
              </details>
            )}
          </li>
        ))}
      </ol>
      <MoreEntries
        shown={most}
        all={lines.length}
        what="lines"
        onMore={() => setMost((before) => before + firstLines * 4)}
      />
    </>
  );
}

/** The iteration or nested run to which a log entry belongs. */
function LogPosition({ path }: { readonly path: string }): ReactElement {
  const title = useExecutionTitle(path);
  return (
    <span className="quiet" data-tip={path}>
      {' '}
      {title}
    </span>
  );
}
