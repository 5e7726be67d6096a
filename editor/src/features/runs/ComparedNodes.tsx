import clsx from 'clsx';
import type { NodeReport } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { nodeStateText, StateMark } from '../run/index.js';
import type { ComparedNode } from './compare-runs.js';
import { ComparedValues } from './ComparedValues.js';
import styles from './runs.module.css';

const mostRows = 300;

/** The nodes of two runs with their statuses and times. Their outputs load on request. */
export function ComparedNodes({
  nodes,
  titleOf,
  left,
  right,
}: {
  readonly nodes: readonly ComparedNode[];
  /** The title of an execution from its path. */
  readonly titleOf: (path: string) => string;
  readonly left: string;
  readonly right: string;
}): ReactElement {
  const [open, setOpen] = useState<string>();
  const shown = nodes.slice(0, mostRows);
  if (nodes.length === 0) return <p className="quiet">All nodes have the same results in both runs.</p>;
  return (
    <ul className={styles['compare-nodes']}>
      {shown.map((node) => (
        <li key={node.path} data-differs={!node.isSame || undefined}>
          <button
            type="button"
            className={clsx(styles['compare-node'], 'boxed')}
            aria-expanded={open === node.path}
            onClick={() => setOpen((before) => (before === node.path ? undefined : node.path))}
          >
            <span data-tip={node.path}>{titleOf(node.path)}</span>
            <State node={node.left} />
            <State node={node.right} />
            <span className={clsx(styles['compare-word'], 'small-quiet')}>{node.isSame ? 'same' : 'differs'}</span>
          </button>
          {open === node.path ? (
            <>
              {node.left?.error === undefined && node.right?.error === undefined ? null : (
                <div className={styles['compare-row']}>
                  <p className="field-error">{node.left?.error?.message}</p>
                  <p className="field-error">{node.right?.error?.message}</p>
                </div>
              )}
              <ComparedValues
                title={`Outputs of ${titleOf(node.path)}`}
                values={node.values}
                left={left}
                right={right}
                path={node.path}
              />
            </>
          ) : null}
        </li>
      ))}
      {nodes.length > shown.length ? (
        <li className="quiet">and {(nodes.length - shown.length).toLocaleString('en')} more</li>
      ) : null}
    </ul>
  );
}

function State({ node }: { readonly node: NodeReport | undefined }): ReactElement {
  if (node === undefined) return <span className="quiet">missing</span>;
  return (
    <span className="state-word aligned-inline">
      <StateMark state={node.status} /> {nodeStateText(node.status)}{' '}
      <span className="figure quiet">{node.ms === undefined ? '' : formatDuration(node.ms)}</span>
    </span>
  );
}
