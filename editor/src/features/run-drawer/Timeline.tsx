import clsx from 'clsx';
import { useContext, useMemo, useState, type ReactElement } from 'react';
import { scopeOf, ScopeContext, usePaths } from '../run/index.js';
import { VirtualList } from '../../ui/tables/VirtualList.js';
import { TimelineAxis } from './TimelineAxis.js';
import { TimelineRow } from './TimelineRow.js';
import styles from './run-drawer.module.css';

/** If a run has more executions, those of nested runs are shown only on request. */
const fewExecutions = 200;

interface TimelineProps {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly chosen: string | undefined;
  readonly onChoose: (path: string) => void;
}

/** All executions of the shown run over time. Parallel executions overlap. */
export function Timeline({ from, to, now, chosen, onChoose }: TimelineProps): ReactElement {
  const scope = useContext(ScopeContext);
  const paths = usePaths();
  const [isDeep, setDeep] = useState<boolean>();
  const here = useMemo(() => paths.filter((path) => scope === '' || path.startsWith(`${scope}/`)), [paths, scope]);
  const isWhole = isDeep ?? here.length <= fewExecutions;
  const rows = useMemo(() => (isWhole ? here : here.filter((path) => scopeOf(path) === scope)), [here, isWhole, scope]);
  const hidden = here.length - rows.length;
  return (
    <>
      <TimelineAxis length={to - from} />
      {hidden > 0 || isDeep === true ? (
        <label className={clsx(styles['timeline-deep'], 'aligned')}>
          <input type="checkbox" checked={isWhole} onChange={(event) => setDeep(event.target.checked)} /> Show nested
          runs{hidden > 0 ? ` (${hidden.toLocaleString()} executions)` : ''}
        </label>
      ) : null}
      <VirtualList
        className={clsx(styles['timeline'], 'scrolls')}
        label="Executions"
        count={rows.length}
        rowHeight={28}
        render={(index) => {
          const path = rows[index] ?? '';
          return (
            <TimelineRow
              key={path}
              path={path}
              from={from}
              to={to}
              now={now}
              isChosen={path === chosen}
              onChoose={onChoose}
            />
          );
        }}
      />
    </>
  );
}
