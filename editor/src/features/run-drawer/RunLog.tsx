import clsx from 'clsx';
import { useState, type ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { useExecutionTitle } from '../executions/index.js';
import { useLog } from '../run/index.js';
import { VirtualList } from '../../ui/tables/VirtualList.js';
import styles from './run-drawer.module.css';

/** The messages of a run and its nodes in order, or only the warnings and errors. */
export function RunLog({
  from,
  onChoose,
}: {
  readonly from: number;
  readonly onChoose: (path: string) => void;
}): ReactElement {
  const all = useLog();
  const [isSerious, setSerious] = useState(false);
  const lines = isSerious ? all.filter(({ level }) => level !== 'info') : all;
  return (
    <>
      <label className={clsx(styles['timeline-deep'], 'aligned')}>
        <input type="checkbox" checked={isSerious} onChange={(event) => setSerious(event.target.checked)} /> Warnings
        and errors only
      </label>
      {lines.length === 0 ? (
        <p className={clsx('quiet', styles['drawer-empty'])}>
          {isSerious ? 'No warnings or errors.' : 'No messages yet.'}
        </p>
      ) : null}
      <VirtualList
        className={clsx(styles['timeline'], 'scrolls')}
        label="Log"
        count={lines.length}
        rowHeight={28}
        render={(index) => {
          const line = lines[index];
          if (line === undefined) return null;
          const { path } = line;
          return (
            <li key={line.seq} className="log-line" data-level={line.level}>
              <span className="figure quiet">+{formatDuration(Math.max(0, line.time - from))}</span>
              {path === undefined ? (
                <span className={clsx(styles['log-path'], 'truncate quiet')}>Run</span>
              ) : (
                <LogPosition path={path} onChoose={onChoose} />
              )}
              <span
                className="truncate"
                dir="auto"
                data-tip={line.details === undefined ? line.message : `${line.message} ${JSON.stringify(line.details)}`}
              >
                {line.level === 'info' ? null : (
                  <span className={clsx(styles['log-level'], 'strong-text')}>
                    {line.level === 'warn' ? 'Warning' : 'Error'}{' '}
                  </span>
                )}
                {line.message}{' '}
                {line.details === undefined ? null : <span className="quiet mono">{JSON.stringify(line.details)}</span>}
              </span>
            </li>
          );
        }}
      />
    </>
  );
}

/** The node from which a message comes, with its path as a tooltip. */
function LogPosition({
  path,
  onChoose,
}: {
  readonly path: string;
  readonly onChoose: (path: string) => void;
}): ReactElement {
  const title = useExecutionTitle(path);
  return (
    <button
      type="button"
      className={clsx(styles['log-path'], 'truncate')}
      data-tip={title === path ? path : `${title} (${path})`}
      onClick={() => onChoose(path)}
    >
      {title}
    </button>
  );
}
