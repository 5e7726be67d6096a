import clsx from 'clsx';
import type { DocumentDiff, EdgeChange, GraphDiff, InnerChange, NodeChange } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { FieldDiff } from './FieldDiff.js';
import styles from './differences.module.css';

const verbs = { added: 'Added', removed: 'Removed', changed: 'Changed', renamed: 'Renamed' } as const;
const signs = { added: '+', removed: '−', changed: '~', renamed: '~' } as const;

interface DiffListProps {
  readonly diff: DocumentDiff;
  /** The title of a node, or its id if it has none. */
  readonly titleOf: (id: string) => string;
  /** The id of the selected node or edge. */
  readonly chosen?: string | undefined;
  readonly onShow?: ((nodeId: string) => void) | undefined;
}

/** The changes between two versions as text: nodes, settings, prompts with their words compared, and edges. */
export function DiffList({ diff, titleOf, chosen, onShow }: DiffListProps): ReactElement {
  if (diff.isSame)
    return <p className="quiet">{diff.isLayoutChanged ? 'Only positions on the canvas changed.' : 'No changes.'}</p>;
  return (
    <div className={clsx(styles['diff'], 'stack gap-12')}>
      {diff.fields.length === 0 ? null : (
        <Item change="changed" title="Workflow" isChosen={false}>
          <FieldDiff fields={diff.fields} />
        </Item>
      )}
      <Graph graph={diff} titleOf={titleOf} chosen={chosen} onShow={onShow} />
      {diff.workflows.map((inner) => (
        <Inner key={inner.name} inner={inner} />
      ))}
      {diff.isLayoutChanged ? <p className="quiet">Positions on the canvas changed too.</p> : null}
    </div>
  );
}

function Graph({
  graph,
  titleOf,
  chosen,
  onShow,
}: Omit<DiffListProps, 'diff'> & { readonly graph: Pick<GraphDiff, 'nodes' | 'edges'> }): ReactElement {
  return (
    <>
      {graph.nodes.map((node) => (
        <NodeItem key={node.id} node={node} title={titleOf(node.id)} isChosen={chosen === node.id} onShow={onShow} />
      ))}
      {graph.edges.map((edge) => (
        <EdgeItem key={edge.id} edge={edge} />
      ))}
    </>
  );
}

function NodeItem({
  node: { id, change, from, type, fields },
  title,
  isChosen,
  onShow,
}: {
  readonly node: NodeChange;
  readonly title: string;
  readonly isChosen: boolean;
  readonly onShow: DiffListProps['onShow'];
}): ReactElement {
  const text = (
    <>
      <span className={styles['diff-name']}>{title}</span>{' '}
      <span className="quiet mono">
        {from === undefined ? (title === id ? type : `${id} · ${type}`) : `${from} → ${id}`}
      </span>
    </>
  );
  return (
    <Item
      change={change}
      isChosen={isChosen}
      title={
        onShow === undefined ? (
          text
        ) : (
          <button
            type="button"
            className={clsx(styles['diff-show'], 'bare-text-button')}
            data-tip="Show on canvas"
            onClick={() => onShow(id)}
          >
            {text}
          </button>
        )
      }
    >
      {fields.length === 0 ? null : <FieldDiff fields={fields} />}
    </Item>
  );
}

function EdgeItem({ edge: { id, change, fields } }: { readonly edge: EdgeChange }): ReactElement {
  return (
    <Item change={change} isChosen={false} title={<span className="mono">{id.replace('->', ' → ')}</span>}>
      {fields.length === 0 ? null : <FieldDiff fields={fields} />}
    </Item>
  );
}

function Inner({ inner }: { readonly inner: InnerChange }): ReactElement {
  return (
    <Item
      change={inner.change}
      isChosen={false}
      title={<span className={styles['diff-name']}>Inner workflow {inner.name}</span>}
    >
      {inner.change === 'changed' ? (
        <div className={clsx(styles['diff'], 'stack gap-12', styles['diff-inner'])}>
          {inner.fields.length === 0 ? null : <FieldDiff fields={inner.fields} />}
          <Graph graph={inner} titleOf={(id) => id} />
        </div>
      ) : null}
    </Item>
  );
}

function Item({
  change,
  title,
  isChosen,
  children,
}: {
  readonly change: keyof typeof verbs;
  readonly title: ReactNode;
  readonly isChosen: boolean;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <section className={clsx(styles['diff-item'], 'stack')} data-diff={change} data-chosen={isChosen || undefined}>
      <h3>
        <span className={styles['diff-sign']} aria-hidden>
          {signs[change]}
        </span>
        <span className="visually-hidden">{verbs[change]}: </span>
        {title}
      </h3>
      {children}
    </section>
  );
}
