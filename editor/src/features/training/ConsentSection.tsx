import { withoutUndefined } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { Notice } from '../../ui/states/Notice.js';
import styles from './training.module.css';

/** A group of callers that share one consent. Without `share`, it consists of all callers that use no share link. */
interface Callers {
  readonly share: string | undefined;
  readonly title: string;
  readonly since: number | undefined;
}

const momentOf = (time: number): string =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/**
 * Since when the callers of a workflow and the users of its share links consent to training. The consent can be given and withdrawn here.
 */
export function ConsentSection({ workflow }: { readonly workflow: string }): ReactElement {
  const params = { path: { id: workflow } };
  const consent = useGet('/api/workflows/{id}/training-consent', { params });
  // If the user may not see share links, those with a consent are shown by their ids.
  const shares = useGet('/api/workflows/{id}/shares', { params }, (reply) => reply.shares);
  const mayChange = useMay('workflow:publish');
  const [asked, setAsked] = useState<Callers>();
  if (consent.error !== undefined && consent.value === undefined)
    return <Notice error={consent.error} action={{ name: 'Retry', run: consent.again }} />;
  const given = consent.value?.shares ?? {};
  const links = new Map([
    ...Object.keys(given).map((id) => [id, id] as const),
    ...(shares.value ?? []).map(({ id, name }) => [id, name] as const),
  ]);
  const all: readonly Callers[] = [
    { share: undefined, title: 'Callers of the workflow', since: consent.value?.workflow },
    ...[...links].map(([share, name]) => ({ share, title: `Users of the link “${name}”`, since: given[share] })),
  ];
  return (
    <section className="section" aria-label="Consent">
      <h2>Consent</h2>
      <p className="quiet">
        Give it only if these callers have agreed that their questions and answers train a model. It counts for runs
        that begin from now on, never for earlier ones.
      </p>
      {consent.value === undefined ? (
        <p className="quiet">Loading…</p>
      ) : (
        <ul className={styles['training-consents']}>
          {all.map((callers) => (
            <li key={callers.share ?? ''} className="aligned-wrapped gap-12 spread">
              <span className="stack gap-4">
                <strong dir="auto">{callers.title}</strong>
                <span className="quiet">
                  {callers.since === undefined
                    ? 'No consent: none of their runs is used'
                    : `Consent since ${momentOf(callers.since)}: later runs may be used`}
                </span>
              </span>
              {mayChange ? (
                <button type="button" className="button button-small" onClick={() => setAsked(callers)}>
                  {callers.since === undefined ? 'Give consent' : 'Withdraw consent'}
                  <span className="visually-hidden"> of {callers.title}</span>
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {mayChange ? null : <p className="quiet">Changing it needs the right to publish.</p>}
      {asked === undefined ? null : (
        <ChangeConsent
          workflow={workflow}
          callers={asked}
          onChanged={consent.again}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}

function ChangeConsent({
  workflow,
  callers: { share, title, since },
  onChanged,
  onClose,
}: {
  readonly workflow: string;
  readonly callers: Callers;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const isGiven = since === undefined;
  return (
    <Confirm
      title={isGiven ? 'Give consent?' : 'Withdraw consent?'}
      verb={isGiven ? 'Give consent' : 'Withdraw consent'}
      onClose={onClose}
      onConfirm={async () => {
        const body = withoutUndefined({ isGiven, share });
        await client.POST('/api/workflows/{id}/training-consent', { params: { path: { id: workflow } }, body });
        onChanged();
        onClose();
      }}
    >
      <p>
        <strong dir="auto">{title}</strong>
      </p>
      <p>
        {isGiven
          ? 'Their runs from now on may train a model. You say that they have agreed to this. The audit log keeps who said it.'
          : 'None of their runs, earlier or later, is used in further training sets. You must delete earlier exported files yourself.'}
      </p>
    </Confirm>
  );
}
