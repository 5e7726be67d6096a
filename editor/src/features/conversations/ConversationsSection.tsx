import type { StoredConversation } from '@heddle/core';
import { MessagesSquare } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import { useKnownMay, useMe } from '../../data/access/me-store.js';
import { useNamedProject } from '../../data/access/project-store.js';
import { client } from '../../data/api/client.js';
import { addressOf } from '@heddle/core/api-client';
import { FilterSelect } from '../../ui/fields/FilterSelect.js';
import { SearchField } from '../../ui/fields/SearchField.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { Allowed } from '../../ui/states/Allowed.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { Link } from '../../ui/navigation/Link.js';
import { templatesPath } from '../../ui/navigation/route.js';
import { ShowMore } from '../../ui/buttons/ShowMore.js';
import { usePages } from '../../data/queries/use-pages.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { AssignConversation } from './AssignConversation.js';
import { conversationPages, type ConversationFilter } from './conversation-pages.js';
import { ConversationTable } from './ConversationTable.js';
import { Facts } from './Facts.js';
import { RetentionRules } from './RetentionRules.js';
import styles from './conversations.module.css';

const kinds = [
  ['conversations', 'Conversations'],
  ['facts', 'Facts'],
  ['retention', 'Retention'],
] as const;

/** The memory of workflows: conversations, and long-term facts about their subjects. */
export function ConversationsSection(): ReactElement {
  const [kind, setKind] = useState<(typeof kinds)[number][0]>('conversations');
  return (
    <Allowed permission="run:values" what="Reading conversations">
      <SegmentedControl
        label="Memory"
        className={styles['memory-kinds']}
        choices={kinds}
        value={kind}
        onChange={setKind}
      />
      {kind === 'conversations' ? <Conversations /> : kind === 'facts' ? <Facts /> : <RetentionRules />}
    </Allowed>
  );
}

const owners = [
  [false, 'Assigned'],
  [true, 'Unassigned'],
] as const;

/** Lists, shows, exports and erases conversations, and assigns those without an owner. */
function Conversations(): ReactElement {
  const project = useNamedProject()?.id;
  const workflows = useWorkflows();
  const [isUnassigned, setUnassigned] = useState(false);
  const [workflow, setWorkflow] = useState('');
  const [search, setSearch] = useState('');
  const text = useDeferredValue(search.trim());
  const filter = useMemo(
    (): ConversationFilter =>
      isUnassigned
        ? { unassigned: 'true', search: text || undefined }
        : { project: project || undefined, workflow: workflow || undefined, search: text || undefined },
    [project, workflow, text, isUnassigned],
  );
  const pages = usePages(conversationPages, filter);
  const maySeeUnassigned = useKnownMay('project:manage') === true;
  const mayErase = useKnownMay('workflow:write') === true;
  const me = useMe()?.principal?.id;
  const [erased, setErased] = useState<StoredConversation>();
  const [assigned, setAssigned] = useState<StoredConversation>();
  const isNarrowed = text !== '' || workflow !== '';
  return (
    <>
      <p className="quiet">
        A run continues the conversation that its caller names, and a workflow with a memory node begins one otherwise.
        The audit log records exports and erasures, without their content.
      </p>
      <div className="filters">
        {maySeeUnassigned ? (
          <SegmentedControl label="Owner" choices={owners} value={isUnassigned} onChange={setUnassigned} />
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
          placeholder="Name, subject or text"
          className="filters-search"
          value={search}
          onChange={setSearch}
        />
        <a className="button button-small" href={addressOf('/api/conversations/export', { query: filter })} download>
          Export JSONL
        </a>
      </div>
      {isUnassigned ? (
        <p className="quiet">
          Heddle stored these before conversations had owners, so their owner is unknown. No run reads them. Assign,
          export or erase them.
        </p>
      ) : null}
      <WhenLoaded
        loaded={{ ...pages, value: pages.value?.conversations }}
        text="Loading conversations…"
        empty={
          isNarrowed ? (
            'No conversation matches. Change the filters.'
          ) : isUnassigned ? (
            'All conversations are assigned.'
          ) : (
            <EmptyState
              Icon={MessagesSquare}
              action={
                <Link href="/" className="button">
                  Open a workflow
                </Link>
              }
              example={
                <Link href={templatesPath('ask-the-handbook')} className="text-link">
                  Try a template
                </Link>
              }
            >
              No conversations yet. A chat with a workflow is kept here, and so are the turns of a workflow with a
              memory node.
            </EmptyState>
          )
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
          title={`Erase the conversation “${erased.title ?? 'Empty'}”?`}
          verb="Erase conversation"
          onClose={() => setErased(undefined)}
          onConfirm={async () => {
            const params = { path: { id: erased.id } };
            await client.DELETE('/api/conversations/{id}', { params: { ...params, query: { undo: 'true' } } });
            setErased(undefined);
            pages.again();
            offerUndo({
              what: `the conversation “${erased.title ?? 'Empty'}”`,
              restore: () => client.POST('/api/conversations/{id}/restore', { params }),
              onRestored: pages.again,
            });
          }}
        >
          <p>
            {erased.turns === 1 ? 'Its turn is' : `Its ${erased.turns} turns are`} erased permanently. You can undo this
            for 10 seconds. The next run starts a new conversation. Earlier runs keep what they read from it.
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
