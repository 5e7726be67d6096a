import type { PortDescription, WorkflowReply } from '@heddle/core';
import { useCallback, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Notice } from '../../ui/states/Notice.js';
import { useWorkflow, useVersions, useVersionsRead, WorkflowHeader } from '../publishing/index.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { Link } from '../../ui/navigation/Link.js';
import { NotThere } from '../../ui/states/NotThere.js';
import { triggersPath, workflowPath, type TriggerKind } from '../../ui/navigation/route.js';
import { BatchesSection } from './batches/BatchesSection.js';
import { HooksSection } from './hooks/HooksSection.js';
import { SchedulesSection } from './schedules/SchedulesSection.js';
import { useTriggerNews } from './use-trigger-states.js';
import { WebhooksSection } from './webhooks/WebhooksSection.js';
import styles from './triggers.module.css';

const kinds: readonly (readonly [TriggerKind, string])[] = [
  ['hooks', 'Incoming webhooks'],
  ['webhooks', 'Outgoing webhooks'],
  ['schedules', 'Schedules'],
  ['batches', 'Batches'],
];

/** The triggers of a workflow, and the outgoing webhooks that report its runs. */
export function TriggersPage({
  workflow,
  kind,
}: {
  readonly workflow: string;
  readonly kind: TriggerKind;
}): ReactElement {
  const { value, error, again } = useWorkflow(workflow);
  if (value === undefined) return <NotThere error={error} again={again} what="Loading triggers…" />;
  return <Triggers workflow={value} kind={kind} />;
}

const noPorts: readonly PortDescription[] = [];

function Triggers({
  workflow: { id, slug, document: draft },
  kind,
}: {
  readonly workflow: WorkflowReply;
  readonly kind: TriggerKind;
}): ReactElement {
  useVersionsRead(id);
  const versions = useVersions(id);
  const news = useTriggerNews(id);
  const document = versions.live?.bundle.document ?? draft;
  const compiled = useLoaded(
    useCallback((signal: AbortSignal) => client.POST('/api/compile', { body: { document }, signal }), [document]),
  );
  const ports = compiled.value?.interface.inputs ?? noPorts;
  const isLive = versions.reply === undefined || versions.reply.live !== undefined;
  return (
    <main className="workflow-page">
      <WorkflowHeader name={draft.name} id={id} slug={slug} part="triggers" />
      <div className={styles['trigger-page']}>
        <nav className={styles['trigger-kinds']} aria-label="Triggers">
          {kinds.map(([one, title]) => (
            <Link key={one} href={triggersPath(slug, one)} aria-current={one === kind ? 'page' : undefined}>
              {title}
            </Link>
          ))}
        </nav>
        <div className={styles['trigger-scroll']}>
          {isLive ? null : (
            <p className={styles['trigger-banner']} role="note">
              Not published yet: triggers start runs once a version is live.{' '}
              <Link href={workflowPath(slug)} className="text-link">
                Open the canvas to publish it
              </Link>
            </p>
          )}
          {compiled.error === undefined ? null : (
            <Notice error={compiled.error} action={{ name: 'Retry', run: compiled.again }} />
          )}
          {kind === 'hooks' ? (
            <HooksSection workflow={id} ports={ports} news={news} />
          ) : kind === 'webhooks' ? (
            <WebhooksSection workflow={id} news={news} />
          ) : kind === 'schedules' ? (
            <SchedulesSection workflow={id} ports={ports} news={news} />
          ) : (
            <BatchesSection workflow={id} isLive={isLive} news={news} />
          )}
        </div>
      </div>
    </main>
  );
}
