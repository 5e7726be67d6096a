import type { PromptReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useMe, useNames } from '../../data/access/me-store.js';
import { useAction } from '../../data/queries/use-action.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { Notice } from '../../ui/states/Notice.js';

/** The people responsible for a prompt. If there are any, only they and the owners of the project may move its labels. */
export function PromptOwners({
  prompt: { id, owners },
  onChanged,
}: {
  readonly prompt: PromptReply;
  readonly onChanged: () => void;
}): ReactElement {
  const me = useMe()?.principal;
  const action = useAction();
  const [shown, setShown] = useState(owners);
  const set = (next: string[]): void =>
    action.run(async () => {
      const changed = await client.PATCH('/api/prompts/{id}', { params: { path: { id } }, body: { owners: next } });
      setShown(changed.owners);
      onChanged();
    });
  const nameOf = useNames();
  const isMine = me !== undefined && shown.includes(me.id);
  return (
    <section className="section" aria-labelledby="prompt-owners">
      <h2 id="prompt-owners">Owners</h2>
      <p className="quiet">
        {shown.length === 0
          ? 'Nobody: everyone who may change workflows moves its labels.'
          : `${shown.map((owner) => (owner === me?.id ? `${me.name} (you)` : nameOf(owner))).join(', ')}. Only they and the owners of the project move its labels or delete it.`}
      </p>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {me === undefined || !(me.kind === 'user' || me.kind === 'local') ? null : (
        <IfMay permission="workflow:write">
          <button
            type="button"
            className="button button-small sheet-add"
            disabled={action.isBusy}
            onClick={() => set(isMine ? shown.filter((owner) => owner !== me.id) : [...shown, me.id])}
          >
            {isMine ? 'Remove me' : 'Make me an owner'}
          </button>
        </IfMay>
      )}
    </section>
  );
}
