import type { StoredConversation } from '@heddle/core';
import { useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import { useKnownMay, useMe } from '../../access/me-store.js';
import { useNamedProject } from '../../access/project-store.js';
import { conversations as calls, type ConversationFilter } from '../../api/conversations.js';
import { FilterSelect } from '../../kit/FilterSelect.js';
import { SearchField } from '../../kit/SearchField.js';
import { SegmentedControl } from '../../kit/SegmentedControl.js';
import { Allowed } from '../access/Allowed.js';
import { Confirm } from '../Confirm.js';
import { ShowMore } from '../ShowMore.js';
import { usePages } from '../use-pages.js';
import { useWorkflows } from '../use-workflows.js';
import { WhenLoaded } from '../WhenLoaded.js';
import { AssignConversation } from './AssignConversation.js';
import { conversationPages } from './conversation-pages.js';
import { ConversationTable } from './ConversationTable.js';

/** What the memory of runs holds: listed, read, exported and erased; those of before without an owner, assigned. */
export function ConversationsSection(): ReactElement {
  return (
    <Allowed permission="run:values" what="Reading conversations">
      <Conversations />
    </Allowed>
  );
}

const owners = [
  [false, 'With an owner'],
  [true, 'Unassigned'],
] as const;

function Conversations(): ReactElement {
  const project = useNamedProject()?.id;
  const workflows = useWorkflows();
  const [isUnassigned, setUnassigned] = useState(false);
  const [workflow, setWorkflow] = useState('');
  const [search, setSearch] = useState('');
  const words = useDeferredValue(search.trim());
  const filter = useMemo(
    (): ConversationFilter => (isUnassigned ? { isUnassigned, search: words } : { project, workflow, search: words }),
    [project, workflow, words, isUnassigned],
  );
  const pages = usePages(conversationPages, filter);
  const maySeeUnassigned = useKnownMay('project:manage') === true;
  const mayErase = useKnownMay('workflow:write') === true;
  const me = useMe()?.principal?.id;
  const [erased, setErased] = useState<StoredConversation>();
  const [assigned, setAssigned] = useState<StoredConversation>();
  const isNarrowed = words !== '' || workflow !== '';
  return (
    <>
      <p className="quiet">
        A memory node keeps a conversation for whoever its run is for. Exports and erasures stand in the audit record,
        without what was said.
      </p>
      <div className="filters">
        {maySeeUnassigned ? (
          <SegmentedControl
            label="Whose conversations"
            choices={owners}
            value={isUnassigned}
            onChange={setUnassigned}
          />
        ) : null}
        {isUnassigned ? null : (
          <FilterSelect
            label="Workflow"
            everything="Any workflow"
            choices={workflows.choices}
            value={workflow}
            onChange={setWorkflow}
          />
        )}
        <SearchField
          label="Search conversations"
          placeholder="Session, subject or words"
          className="filters-search"
          value={search}
          onChange={setSearch}
        />
        <a className="button button-small" href={calls.exportAddress(filter)} download>
          Export JSONL
        </a>
      </div>
      {isUnassigned ? (
        <p className="quiet">
          Nothing proves whose these conversations of before are, so no run reads them. Assign, export or erase them.
        </p>
      ) : null}
      <WhenLoaded
        loaded={{ ...pages, value: pages.value?.conversations }}
        words="Reading the conversations…"
        empty={
          isNarrowed
            ? 'No conversation fits. Change the workflow or the search.'
            : isUnassigned
              ? 'Every conversation has an owner.'
              : 'Nothing is kept yet. A workflow with a memory node keeps what is said in it.'
        }
      >
        {(conversations) => (
          <ConversationTable
            conversations={conversations}
            names={pages.value?.names ?? {}}
            workflowName={workflows.nameOf}
            mayErase={({ owner }) => mayErase || (owner !== undefined && owner.subject === me)}
            onErase={setErased}
            onAssign={setAssigned}
          />
        )}
      </WhenLoaded>
      <ShowMore pages={pages} what="conversations" />
      {erased === undefined ? null : (
        <Confirm
          title={`Erase the conversation “${erased.session}”?`}
          verb="Erase conversation"
          onClose={() => setErased(undefined)}
          onConfirm={async () => {
            await calls.erase(erased.id);
            setErased(undefined);
            pages.again();
          }}
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
          workflows={workflows.choices}
          onClose={() => setAssigned(undefined)}
          onAssigned={pages.again}
        />
      )}
    </>
  );
}
