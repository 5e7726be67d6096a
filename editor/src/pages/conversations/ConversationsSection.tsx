import type { StoredConversation } from '@heddle/core';
import { useCallback, useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import { useKnownMay, useMe } from '../../access/me-store.js';
import { useNamedProject } from '../../access/project-store.js';
import { api } from '../../api/api.js';
import { conversations as calls, type ConversationFilter } from '../../api/conversations.js';
import { Notice } from '../../frame/Notice.js';
import { Allowed } from '../access/Allowed.js';
import { Confirm } from '../Confirm.js';
import { useLoaded } from '../home/use-loaded.js';
import { useAction } from '../use-action.js';
import { AssignConversation } from './AssignConversation.js';
import { ConversationTable } from './ConversationTable.js';
import { useConversations } from './use-conversations.js';

/** What the memory of runs holds: listed, read, exported and erased; those of before without an owner, assigned. */
export function ConversationsSection(): ReactElement {
  return (
    <Allowed permission="run:values" what="Reading conversations">
      <Conversations />
    </Allowed>
  );
}

function Conversations(): ReactElement {
  const project = useNamedProject()?.id;
  const workflows = useLoaded(api.workflows);
  const [isUnassigned, setUnassigned] = useState(false);
  const [workflow, setWorkflow] = useState('');
  const [search, setSearch] = useState('');
  const words = useDeferredValue(search.trim());
  const filter = useMemo(
    (): ConversationFilter => (isUnassigned ? { isUnassigned, search: words } : { project, workflow, search: words }),
    [project, workflow, words, isUnassigned],
  );
  const { conversations, names, error, hasMore, isLoading, more, again } = useConversations(filter);
  const maySeeUnassigned = useKnownMay('project:manage') === true;
  const mayErase = useKnownMay('workflow:write') === true;
  const me = useMe()?.principal?.id;
  const [erased, setErased] = useState<StoredConversation>();
  const [assigned, setAssigned] = useState<StoredConversation>();
  const erasing = useAction();
  const workflowName = useCallback(
    (id: string) => workflows.value?.find((known) => known.id === id)?.name ?? id,
    [workflows.value],
  );
  const isNarrowed = words !== '' || workflow !== '';
  return (
    <>
      <p className="quiet">
        A memory node keeps a conversation for whoever its run is for. Exports and erasures stand in the audit record,
        without what was said.
      </p>
      <div className="filters">
        {maySeeUnassigned ? (
          <div className="panel-switch" role="group" aria-label="Whose conversations">
            <button type="button" aria-pressed={!isUnassigned} onClick={() => setUnassigned(false)}>
              With an owner
            </button>
            <button type="button" aria-pressed={isUnassigned} onClick={() => setUnassigned(true)}>
              Unassigned
            </button>
          </div>
        ) : null}
        {isUnassigned ? null : (
          <label className="field">
            <span className="visually-hidden">Workflow</span>
            <select value={workflow} onChange={(event) => setWorkflow(event.target.value)}>
              <option value="">Any workflow</option>
              {workflows.value?.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="field filters-search">
          <span className="visually-hidden">Search conversations</span>
          <input
            type="search"
            placeholder="Session, subject or words"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
        <a className="button button-small" href={calls.exportAddress(filter)} download>
          Export JSONL
        </a>
      </div>
      {isUnassigned ? (
        <p className="quiet">
          Nothing proves whose these conversations of before are, so no run reads them. Assign, export or erase them.
        </p>
      ) : null}
      {error === undefined ? null : <Notice error={error} action={{ name: 'Try again', run: again }} />}
      {conversations === undefined ? (
        error === undefined ? (
          <p className="quiet">Reading the conversations…</p>
        ) : null
      ) : conversations.length === 0 ? (
        <p className="section-empty quiet">
          {isNarrowed
            ? 'No conversation fits. Change the workflow or the search.'
            : isUnassigned
              ? 'Every conversation has an owner.'
              : 'Nothing is kept yet. A workflow with a memory node keeps what is said in it.'}
        </p>
      ) : (
        <ConversationTable
          conversations={conversations}
          names={names}
          workflowName={workflowName}
          mayErase={({ owner }) => mayErase || (owner !== undefined && owner.subject === me)}
          onErase={setErased}
          onAssign={setAssigned}
        />
      )}
      {hasMore ? (
        <button type="button" className="button" disabled={isLoading} onClick={more}>
          {isLoading ? 'Reading' : 'Show older conversations'}
        </button>
      ) : null}
      {erased === undefined ? null : (
        <Confirm
          title={`Erase the conversation “${erased.session}”?`}
          verb="Erase conversation"
          action={erasing}
          onClose={() => setErased(undefined)}
          onConfirm={() =>
            erasing.run(async () => {
              await calls.erase(erased.id);
              setErased(undefined);
              again();
            })
          }
        >
          <p>
            Its {erased.turns} turns are gone for good, and the next run begins anew. What runs read of it stays with
            those runs.
          </p>
        </Confirm>
      )}
      {assigned === undefined ? null : (
        <AssignConversation
          conversation={assigned}
          workflows={workflows.value ?? []}
          onClose={() => setAssigned(undefined)}
          onAssigned={again}
        />
      )}
    </>
  );
}
