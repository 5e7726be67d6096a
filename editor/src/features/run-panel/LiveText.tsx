import clsx from 'clsx';
import { useContext, useMemo, type ReactElement } from 'react';
import { usageFigures, groupOf, scopeOf, RunContext, useExecutionAt, usePaths } from '../run/index.js';
import { useExecutionTitle } from '../executions/index.js';
import { WrittenText } from '../../ui/markdown/WrittenText.js';
import styles from './run-panel.module.css';

/** If many nested runs stream, only those that started last are shown. */
const mostTexts = 12;

/** The texts that stream now, in the order in which they started. For each node, it shows the latest execution. */
export function LiveText(): ReactElement {
  const run = useContext(RunContext);
  const paths = usePaths();
  const latest = useMemo(() => {
    const byGroup = new Map<string, string>();
    for (const path of paths.slice(-400)) byGroup.set(groupOf(path), path);
    return [...byGroup.values()].slice(-mostTexts * 4);
  }, [paths]);
  if (run === undefined) return <div className={clsx(styles['live-texts'], 'grid gap-14')} />;
  return (
    <div className={clsx(styles['live-texts'], 'grid gap-14')} aria-live="off">
      {latest.map((path) => (
        <NodeText key={groupOf(path)} path={path} />
      ))}
    </div>
  );
}

function NodeText({ path }: { readonly path: string }): ReactElement | null {
  const execution = useExecutionAt(path);
  const title = useExecutionTitle(path);
  const scope = scopeOf(path);
  const text = execution === undefined ? '' : Object.values(execution.text).join('\n');
  if (execution === undefined || text === '') return null;
  const isWriting = execution.status === 'streaming';
  // Texts of nested runs are shown only while they stream.
  if (scope !== '' && !isWriting) return null;
  return (
    <div className="output">
      <h3 className="output-name small-quiet">
        {title}
        {usageFigures(execution)
          .slice(0, 1)
          .map((figure) => (
            <span key={figure.name} className="figure quiet" data-tip={figure.name}>
              {figure.value}
            </span>
          ))}
      </h3>
      <WrittenText text={text} isWriting={isWriting} />
    </div>
  );
}
