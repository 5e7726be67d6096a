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
  [false, 'Assigned'],
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
        A memory node keeps one conversation for each session of the person or program that a run is for. The audit
        record lists exports and erasures, without what was said.
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
          Heddle kept these before conversations had owners, and cannot tell whose they are. No run reads them. Assign,
          export or erase them.
        </p>
      ) : null}
      <WhenLoaded
        loaded={{ ...pages, value: pages.value?.conversations }}
        words="Reading the conversations…"
        empty={
          isNarrowed
            ? 'No conversation fits. Change the filters.'
            : isUnassigned
              ? 'Every conversation is assigned.'
              : 'There are no conversations yet. A workflow with a memory node keeps what is said in its runs.'
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
            {erased.turns === 1 ? 'Its turn is' : `Its ${erased.turns} turns are`} erased and cannot be restored. The
            next run starts a new conversation. What earlier runs read from it stays in those runs.
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
