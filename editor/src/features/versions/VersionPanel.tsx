import clsx from 'clsx';
import type { WorkflowReply, WorkflowVersion } from '@heddle/core';
import { useEffect, useRef, type ReactElement } from 'react';
import { useNames } from '../../data/access/me-store.js';
import { CopyText } from '../../ui/buttons/CopyText.js';
import { LazyInspector } from '../inspector/index.js';
import { DataMap, References, useVersions } from '../publishing/index.js';
import { type Comparison, DiffList, diffSummary } from '../differences/index.js';
import { useDocument, useSession, useView } from '../session/index.js';
import { selectNodes } from '../view/index.js';
import type { VersionSide } from '../../ui/navigation/route.js';
import { sideName } from './VersionBar.js';
import styles from './versions.module.css';

/** The panel beside the canvas: differences, the selected node, or the facts of the version. */
export function VersionPanel({
  workflow,
  comparison,
  from,
  to,
}: {
  readonly workflow: WorkflowReply;
  readonly comparison: Comparison | undefined;
  readonly from: VersionSide | undefined;
  readonly to: VersionSide;
}): ReactElement {
  const selected = useView((state) => (state.selectedNodes.length === 1 ? state.selectedNodes[0] : undefined));
  const isThere = useDocument((state) => selected !== undefined && state.document?.nodes[selected] !== undefined);
  const { reply } = useVersions(workflow.id);
  const version = reply?.versions.find((candidate) => candidate.version === to);
  return (
    <aside
      className={clsx(styles['version-panel'], 'scrolls')}
      aria-label={comparison === undefined ? sideName(to) : 'Differences'}
    >
      {comparison !== undefined && from !== undefined ? (
        <Differences comparison={comparison} from={from} to={to} chosen={selected} />
      ) : isThere && selected !== undefined ? (
        <LazyInspector key={selected} nodeId={selected} />
      ) : version === undefined ? (
        <div className="panel-body">
          <h2 className="panel-title">{sideName(to)}</h2>
          <p className="quiet">
            The draft as it is on the canvas. Select a node to see its settings, or a version to compare with.
          </p>
        </div>
      ) : (
        <Facts version={version} />
      )}
    </aside>
  );
}

function Differences({
  comparison: { diff },
  from,
  to,
  chosen,
}: {
  readonly comparison: Comparison;
  readonly from: VersionSide;
  readonly to: VersionSide;
  readonly chosen: string | undefined;
}): ReactElement {
  const { view } = useSession();
  const nodes = useDocument((state) => state.document?.nodes);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen !== undefined) body.current?.querySelector('[data-chosen]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const isUnchanged = chosen !== undefined && !diff.nodes.some(({ id }) => id === chosen);
  return (
    <div className="panel-body" ref={body}>
      <h2 className="panel-title">
        {sideName(from)} → {sideName(to)}
      </h2>
      {diff.isSame ? null : <p className="quiet">{diffSummary(diff)}</p>}
      {isUnchanged ? <p className="quiet">{nodes?.[chosen]?.title ?? chosen} is the same in both.</p> : null}
      <DiffList
        diff={diff}
        titleOf={(id) => nodes?.[id]?.title ?? id}
        chosen={chosen}
        onShow={(id) => {
          selectNodes(view, [id]);
          view.getState().canvas?.focus(id);
        }}
      />
    </div>
  );
}

function Facts({ version }: { readonly version: WorkflowVersion }): ReactElement {
  const nameOf = useNames();
  return (
    <div className="panel-body">
      <h2 className="panel-title">Version {version.version}</h2>
      {version.note === '' ? null : <p className={styles['version-text']}>{version.note}</p>}
      <dl className="facts">
        <div>
          <dt>Published by</dt>
          <dd>{nameOf(version.author)}</dd>
        </div>
        <div>
          <dt>Published</dt>
          <dd>{new Date(version.publishedAt).toLocaleString()}</dd>
        </div>
        <div>
          <dt>Clearance of replies</dt>
          <dd>{version.replyClearance}</dd>
        </div>
      </dl>
      <section className="section" aria-label="Hash">
        <h3>Content hash</h3>
        <CopyText text={version.hash} what="the hash" />
      </section>
      <section className="section" aria-label="Data flows">
        <h3>Data flows</h3>
        <DataMap flows={version.dataMap} />
      </section>
      <References references={version.references} />
    </div>
  );
}
