import clsx from 'clsx';
import { diffWords, type FieldChange, type ToolEffect, type ToolReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useNames } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { Notice } from '../../ui/states/Notice.js';
import { FieldDiff } from '../differences/index.js';
import { useAction } from '../../data/queries/use-action.js';
import { EffectBoxes } from './EffectBoxes.js';
import { descriptionOf, standingStatus, standingText } from './tool-text.js';
import styles from './tools.module.css';

/** A tool with its description, its changes, its effects and its approval. */
export function ToolEntry({
  tool,
  now,
  mayDecide,
  onChanged,
}: {
  readonly tool: ToolReply;
  readonly now: number;
  readonly mayDecide: boolean;
  readonly onChanged: () => void;
}): ReactElement {
  const [effects, setEffects] = useState<readonly ToolEffect[]>(tool.effects);
  const action = useAction();
  const nameOf = useNames();
  const { standing, approved, reason, changes } = tool;
  const run = (work: () => Promise<unknown>): void =>
    action.run(async () => {
      await work();
      onChanged();
    });
  const decide = (next: readonly ToolEffect[]): void => {
    setEffects(next);
    if (standing === 'approved' && next.length > 0)
      run(() =>
        client.PUT('/api/tools/servers/{id}/tools/{name}/effects', {
          params: { path: { id: tool.server, name: tool.name } },
          body: { effects: next },
        }),
      );
  };
  const isOpen = standing === 'new' || standing === 'changed' || standing === 'disabled';
  return (
    <li className={clsx(styles['tool'], 'stack')} data-standing={standing}>
      <div className={clsx(styles['tool-head'], 'wrapped')}>
        <h3 className="mono">{tool.tool}</h3>
        <p className="connection-standing aligned-wrapped">
          <span className="row-dot" data-status={standingStatus[standing]} />
          <span>{standingText[standing]}</span>
          {approved === undefined ? null : (
            <span className="quiet">
              {standing === 'approved' ? 'by' : 'approved by'} {nameOf(approved.by)} {formatAgo(approved.at, now)}
            </span>
          )}
        </p>
      </div>
      {reason === undefined ? null : <p className="field-error">Cannot be approved: {reason}.</p>}
      {changes.length === 0 ? (
        <p className={styles['tool-description']}>{descriptionOf(tool) || 'The server gives no description.'}</p>
      ) : (
        <FieldDiff fields={changes.map(wordwise)} />
      )}
      {standing === 'gone' || standing === 'refused' ? null : (
        <EffectBoxes
          name={tool.name}
          effects={effects}
          proposed={tool.proposed}
          isReadOnly={!mayDecide || action.isBusy}
          onChange={decide}
        />
      )}
      <details className={styles['tool-definition']}>
        <summary>Current definition</summary>
        <p className="quiet mono">{tool.hash}</p>
        <pre>{JSON.stringify(tool.definition, null, 2)}</pre>
      </details>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {mayDecide ? (
        <div className="wrapped gap-8">
          {isOpen ? (
            <button
              type="button"
              className="button button-primary"
              disabled={action.isBusy || effects.length === 0}
              aria-label={standing === 'changed' ? `Approve the change of ${tool.tool}` : `Approve ${tool.tool}`}
              onClick={() =>
                run(() =>
                  client.POST('/api/tools/servers/{id}/tools/{name}/approve', {
                    params: { path: { id: tool.server, name: tool.name } },
                    body: { hash: tool.hash, effects },
                  }),
                )
              }
            >
              {standing === 'changed' ? 'Approve change' : 'Approve'}
            </button>
          ) : null}
          {standing === 'approved' || standing === 'changed' || standing === 'new' ? (
            <button
              type="button"
              className="button"
              disabled={action.isBusy}
              aria-label={`Disable ${tool.tool}`}
              onClick={() =>
                run(() =>
                  client.POST('/api/tools/servers/{id}/tools/{name}/disable', {
                    params: { path: { id: tool.server, name: tool.name } },
                  }),
                )
              }
            >
              Disable
            </button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

/** A change of the definition, with texts compared word by word. */
function wordwise({ path, before, after }: ToolReply['changes'][number]): FieldChange {
  const text = typeof before === 'string' && typeof after === 'string' ? { words: diffWords(before, after) } : {};
  return { path, before, after, ...text };
}
