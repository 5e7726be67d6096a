import clsx from 'clsx';
import { shareOf, type VersionsReply, type WorkflowReply, type WorkflowVersion } from '@heddle/core';
import { History, Undo2 } from 'lucide-react';
import { Suspense, useState, type ReactElement } from 'react';
import { useMay, useNames } from '../../data/access/me-store.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { LazyWaitingProposals } from '../building/index.js';
import { makeLive, shortHash } from '../publishing/index.js';
import { StartReplay } from '../replays/index.js';
import { useSession } from '../session/index.js';
import { useTestFigures } from './ab/use-test-figures.js';
import { useNow } from '../../ui/format/use-now.js';
import { Link } from '../../ui/navigation/Link.js';
import { buildPath, type VersionSide } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { AbCard } from './ab/AbCard.js';
import { StartAb } from './ab/late-parts.js';
import { GateOfVersion } from './GateOfVersion.js';
import { VersionDialogs, type VersionDialog } from './VersionDialogs.js';
import { VersionMenu } from './VersionMenu.js';
import styles from './versions.module.css';

interface VersionListProps {
  readonly workflow: WorkflowReply;
  readonly shown: VersionSide;
  readonly reply: VersionsReply | undefined;
  readonly onShow: (side: VersionSide) => void;
  readonly onCompare: (before: VersionSide, after: VersionSide) => void;
  /** Called after the draft was replaced. */
  readonly onRestored: () => void;
}

/** The draft and all versions, newest first, with their actions. */
export function VersionList({ workflow, shown, reply, onShow, onCompare, onRestored }: VersionListProps): ReactElement {
  const nameOf = useNames();
  const mayPublish = useMay('workflow:publish');
  const mayReplay = useMay('run:draft');
  const [isReplaying, setReplaying] = useState(false);
  const [isStarting, setStarting] = useState(false);
  useTestFigures(workflow.id, reply?.live?.test !== undefined);
  const { view } = useSession();
  const now = useNow(false);
  const [dialog, setDialog] = useState<VersionDialog>();
  return (
    <aside className={clsx(styles['version-list'], 'scrolls')} aria-label="Versions">
      {reply?.test === undefined ? null : <AbCard report={reply.test} workflow={workflow.id} mayPublish={mayPublish} />}
      <Suspense fallback={null}>
        <LazyWaitingProposals workflow={workflow.id} />
      </Suspense>
      <IfMay permission="workflow:build">
        <Link href={buildPath({ workflow: workflow.id })} className="button">
          Change it with a model
        </Link>
      </IfMay>
      <ol>
        <li data-shown={shown === 'draft' || undefined}>
          <button
            type="button"
            className={clsx(styles['version'], 'bare-button')}
            aria-pressed={shown === 'draft'}
            onClick={() => onShow('draft')}
          >
            <span className={clsx(styles['version-head'], 'aligned')}>
              <strong>Draft</strong>
            </span>
            <span className="quiet">What is on the canvas now</span>
          </button>
          {mayReplay ? (
            <button
              type="button"
              className={clsx('icon-button', styles['version-back'])}
              aria-label="Replay the last runs on this draft"
              data-tip="Replay the last runs on this draft, without effects"
              onClick={() => setReplaying(true)}
            >
              <History size={16} aria-hidden />
            </button>
          ) : null}
        </li>
        {reply?.versions.map((version) => (
          <li key={version.version} data-shown={shown === version.version || undefined}>
            <button
              type="button"
              className={clsx(styles['version'], 'bare-button')}
              aria-pressed={shown === version.version}
              onClick={() => onShow(version.version)}
            >
              <span className={clsx(styles['version-head'], 'aligned')}>
                <strong>Version {version.version}</strong> <Standing version={version} reply={reply} />
              </span>
              <span className={styles['version-note']}>
                {version.note === '' ? <span className="quiet">No note</span> : version.note}
              </span>
              {version.gate === undefined ? null : <GateOfVersion gate={version.gate} nameOf={nameOf} />}
              <span className={clsx('quiet', styles['version-facts'], 'wrapped')}>
                <span>{nameOf(version.author)}</span>
                <span data-tip={new Date(version.publishedAt).toLocaleString()}>
                  {formatAgo(version.publishedAt, now)}
                </span>
                <span className="mono" data-tip={version.hash}>
                  {shortHash(version.hash)}
                </span>
              </span>
            </button>
            {mayPublish && reply.live !== undefined && version.version < reply.live.version ? (
              <button
                type="button"
                className={clsx('icon-button', styles['version-back'])}
                aria-label={`Roll back to version ${version.version}`}
                data-tip={`Roll back to version ${version.version}: callers get it at once`}
                onClick={() => makeLive(view, workflow.id, version.version)}
              >
                <Undo2 size={16} aria-hidden />
              </button>
            ) : null}
            <VersionMenu
              version={version}
              workflow={workflow}
              live={reply.live}
              mayPublish={mayPublish}
              onCompare={onCompare}
              onDialog={setDialog}
            />
          </li>
        ))}
      </ol>
      {reply === undefined ? (
        <p className="quiet">Loading versions…</p>
      ) : reply.versions.length === 0 ? (
        <p className={clsx('quiet', styles['version-empty'])}>
          Not published yet. Publishing creates version 1, which never changes; callers get it until you publish the
          next one.
        </p>
      ) : reply.live === undefined ? (
        <p className={clsx('quiet', styles['version-empty'])}>
          No version is live: callers get a 404, even when they name a version.
        </p>
      ) : mayPublish ? (
        <span className={clsx(styles['version-actions'], 'wrapped gap-6')}>
          {reply.versions.length > 1 && reply.live.test === undefined ? (
            <button type="button" className="button button-small" onClick={() => setStarting(true)}>
              Start A/B test
            </button>
          ) : null}
          <button type="button" className="button button-small" onClick={() => setDialog({ kind: 'off' })}>
            Unpublish
          </button>
        </span>
      ) : null}
      {isStarting && reply?.live !== undefined ? (
        <Suspense>
          <StartAb
            workflow={workflow.id}
            live={reply.live.version}
            versions={reply.versions.map(({ version }) => version)}
            onClose={() => setStarting(false)}
          />
        </Suspense>
      ) : null}
      {isReplaying ? (
        <Suspense>
          <StartReplay workflow={workflow.id} onClose={() => setReplaying(false)} />
        </Suspense>
      ) : null}
      {dialog === undefined ? null : (
        <VersionDialogs
          dialog={dialog}
          workflow={workflow}
          live={reply?.live}
          onClose={() => setDialog(undefined)}
          onRestored={() => {
            onRestored();
            onShow('draft');
          }}
        />
      )}
    </aside>
  );
}

function Standing({
  version: { version },
  reply: { live },
}: {
  readonly version: WorkflowVersion;
  readonly reply: VersionsReply;
}): ReactElement | null {
  if (live?.version === version) {
    const rest = shareOf(live, version);
    const text = live.test === undefined ? 'Live' : `Live for ${Math.round(rest * 100)}%`;
    return <span className={clsx('badge', styles['badge-standing'])}>{text}</span>;
  }
  const share = live === undefined ? 0 : shareOf(live, version);
  return share === 0 ? null : <span className="badge">{Math.round(share * 100)}% of callers</span>;
}
