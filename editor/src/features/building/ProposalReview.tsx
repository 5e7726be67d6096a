import clsx from 'clsx';
import { WorkflowDocument, type DecidedProposal, type ProposalReply } from '@heddle/core';
import { useMemo, useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { Link } from '../../ui/navigation/Link.js';
import { versionsPath, workflowPath } from '../../ui/navigation/route.js';
import { Notice } from '../../ui/states/Notice.js';
import { DiffList, compareVersions } from '../differences/index.js';
import { DataMap } from '../publishing/index.js';
import { withSettings } from './with-settings.js';
import styles from './building.module.css';

const states: Readonly<Record<ProposalReply['state'], string>> = {
  open: 'Waits for a decision',
  accepted: 'Accepted',
  rejected: 'Rejected',
  stale: 'Out of date: the draft or where its data goes has changed since',
};

/** The differences and the data map of a proposal. The person accepts each of the two separately. */
export function ProposalReview({
  proposal,
  again,
}: {
  readonly proposal: ProposalReply;
  readonly again: () => void;
}): ReactElement {
  const { kind, note, authorName, dataMap, newFlows, state, isWorking } = proposal;
  return (
    <div className={styles['proposal']}>
      <p className="quiet">
        {kind === 'publish' ? 'Proposes the next version' : 'Proposes a change to the draft'} · {authorName} ·{' '}
        {isWorking ? 'The model still works on it' : states[state]}
      </p>
      {note === '' ? null : <p className={styles['proposal-note']}>{note}</p>}
      <Problems proposal={proposal} />
      <Tests proposal={proposal} />
      <section className="section" aria-label="What changes">
        <h2>What changes</h2>
        <Difference proposal={proposal} />
      </section>
      <section className="section" aria-label="Where the data goes">
        <h2>Where the data goes</h2>
        {newFlows.length === 0 ? null : (
          <p>
            <strong>New:</strong> {newFlows.map(({ node, destination }) => `${node} → ${destination}`).join(', ')}
          </p>
        )}
        <DataMap flows={dataMap} />
      </section>
      <Decision key={`${proposal.hash} ${proposal.dataMapHash}`} proposal={proposal} again={again} />
    </div>
  );
}

function Difference({ proposal: { before, after } }: { readonly proposal: ProposalReply }): ReactElement {
  const compared = useMemo(() => {
    const next = WorkflowDocument.parse(after);
    const base =
      before === undefined ? { ...next, nodes: {}, edges: [], workflows: undefined } : WorkflowDocument.parse(before);
    const { workflows, ...plain } = base;
    const { diff } = compareVersions(workflows === undefined ? plain : { ...plain, workflows }, next);
    return { diff: withSettings(diff, next), next };
  }, [before, after]);
  return <DiffList diff={compared.diff} titleOf={(id) => compared.next.nodes[id]?.title ?? id} />;
}

function Problems({ proposal: { issues } }: { readonly proposal: ProposalReply }): ReactElement | null {
  if (issues.length === 0) return null;
  return (
    <section className="section" aria-label="Issues">
      <h2>Issues</h2>
      <ul className={styles['proposal-issues']}>
        {issues.map(({ node, field, port, severity, message, fix }, index) => (
          <li key={index}>
            <strong>{severity === 'error' ? 'Error' : 'Warning'}</strong>{' '}
            <span className="mono">{[node, field ?? port].filter((part) => part !== undefined).join('.')}</span>{' '}
            {message} <span className="quiet">{fix}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Tests({ proposal: { tests } }: { readonly proposal: ProposalReply }): ReactElement {
  if (tests === undefined) return <p className="quiet">The workflow has no tests.</p>;
  const all = tests.passed + tests.failed;
  return (
    <p className={tests.failed === 0 ? 'quiet' : 'failure'}>
      {tests.failed === 0 ? `All ${all} tests passed.` : `${tests.failed} of ${all} tests failed.`}
    </p>
  );
}

function Decision({ proposal, again }: { readonly proposal: ProposalReply; readonly again: () => void }): ReactElement {
  const { id, kind, state, isWorking, issues, hash, dataMapHash } = proposal;
  const may = useKnownMay(kind === 'publish' ? 'workflow:publish' : 'workflow:write');
  const [hasRead, setRead] = useState({ diff: false, map: false });
  const [decided, setDecided] = useState<DecidedProposal>();
  const action = useAction();
  if (decided !== undefined || state === 'accepted' || state === 'rejected')
    return <Outcome proposal={decided === undefined ? proposal : { ...proposal, ...decided }} />;
  if (state === 'stale') return <p className="quiet">Nobody can accept it any more. Ask for a new proposal.</p>;
  if (may === false)
    return (
      <p className="quiet">
        You may read this proposal. Somebody with the right to {kind === 'publish' ? 'publish' : 'edit'} decides.
      </p>
    );
  const params = { path: { id } };
  const decide = (send: () => Promise<DecidedProposal>): void =>
    action.run(async () => {
      setDecided(await send());
      again();
    });
  const hasErrors = issues.some(({ severity }) => severity === 'error');
  return (
    <form
      className={clsx(styles['proposal-decision'], 'boxed stack gap-10')}
      aria-label="Decide"
      onSubmit={(event) => {
        event.preventDefault();
        decide(() => client.POST('/api/proposals/{id}/accept', { params, body: { hash, dataMapHash } }));
      }}
    >
      <label className="choice">
        <input
          type="checkbox"
          checked={hasRead.diff}
          onChange={({ target }) => setRead({ ...hasRead, diff: target.checked })}
        />
        <span>I accept what changes.</span>
      </label>
      <label className="choice">
        <input
          type="checkbox"
          checked={hasRead.map}
          onChange={({ target }) => setRead({ ...hasRead, map: target.checked })}
        />
        <span>I accept where the data goes.</span>
      </label>
      {action.error === undefined ? null : <Notice error={action.error} action={{ name: 'Load again', run: again }} />}
      <div className="flex gap-8">
        <button
          type="submit"
          className="button button-primary"
          disabled={!hasRead.diff || !hasRead.map || action.isBusy || isWorking || hasErrors || may !== true}
        >
          {kind === 'publish' ? 'Accept and publish' : 'Accept the draft'}
        </button>
        <button
          type="button"
          className="button"
          disabled={action.isBusy || may !== true}
          onClick={() => decide(() => client.POST('/api/proposals/{id}/reject', { params, body: { reason: '' } }))}
        >
          Reject
        </button>
      </div>
    </form>
  );
}

function Outcome({ proposal: { state, kind, workflow, version } }: { readonly proposal: ProposalReply }): ReactElement {
  if (state === 'rejected') return <p role="status">The proposal is rejected. Nothing was changed.</p>;
  return (
    <p role="status">
      {kind === 'publish' ? `Version ${version ?? ''} is published.` : 'The draft is saved.'}{' '}
      {workflow === undefined ? null : (
        <Link href={kind === 'publish' ? versionsPath(workflow) : workflowPath(workflow)} className="text-link">
          {kind === 'publish' ? 'Show the versions' : 'Open the canvas'}
        </Link>
      )}
    </p>
  );
}
