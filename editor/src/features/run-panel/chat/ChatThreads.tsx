import { RenameThreadRequest, type ConversationsReply, type StoredConversation } from '@heddle/core';
import { useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import { useMe } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { usePages, type PageSource } from '../../../data/queries/use-pages.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { ShowMore } from '../../../ui/buttons/ShowMore.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { readForm } from '../../../ui/forms/read-form.js';
import { offerUndo } from '../../../ui/states/undo-store.js';
import { SearchField } from '../../../ui/fields/SearchField.js';
import { formatAgo } from '../../../ui/format/format-time.js';
import { useNow } from '../../../ui/format/use-now.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { readThread, type ThreadPart } from './use-thread-messages.js';
import styles from '../run-panel.module.css';

interface ThreadFilter {
  readonly workflow: string;
  readonly subject: string;
  readonly search: string | undefined;
}

const threadPages: PageSource<ThreadFilter, ConversationsReply> = {
  read: (filter, after, signal) =>
    client.GET('/api/conversations', { params: { query: { ...filter, limit: 20, after } }, signal }),
  join: (before, { conversations: older, names, next }) => ({
    conversations: [...before.conversations, ...older],
    names: { ...before.names, ...names },
    next,
  }),
};

/** The user's own conversations with a workflow. They can be searched, continued, renamed and deleted. */
export function ChatThreads({
  workflow,
  shown,
  isBusy,
  onOpen,
}: {
  readonly workflow: string;
  /** The thread that is open in the chat. */
  readonly shown: string | undefined;
  readonly isBusy: boolean;
  /** Opens another conversation; undefined starts a new one. */
  readonly onOpen: (thread: string | undefined, part: ThreadPart) => void;
}): ReactElement | null {
  const subject = useMe()?.principal?.id;
  const [isOpen, setOpen] = useState(false);
  if (subject === undefined) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Earlier conversations</summary>
      {isOpen ? <ThreadList {...{ workflow, subject, shown, isBusy, onOpen }} /> : null}
    </details>
  );
}

function ThreadList({
  workflow,
  subject,
  shown,
  isBusy,
  onOpen,
}: Parameters<typeof ChatThreads>[0] & { readonly subject: string }): ReactElement {
  const [search, setSearch] = useState('');
  const [renamed, setRenamed] = useState<StoredConversation>();
  const [deleted, setDeleted] = useState<StoredConversation>();
  const text = useDeferredValue(search.trim());
  const filter = useMemo(() => ({ workflow, subject, search: text || undefined }), [workflow, subject, text]);
  const pages = usePages(threadPages, filter);
  const opening = useAction();
  const now = useNow(false);
  const open = (id: string): void =>
    opening.run(async () => {
      onOpen(id, await readThread(id));
    });
  return (
    <div className="stack gap-10">
      <SearchField label="Search conversations" value={search} onChange={setSearch} />
      <WhenLoaded loaded={pages} text="Loading conversations…">
        {({ conversations }) =>
          conversations.length === 0 ? (
            <p className="quiet">No conversation.</p>
          ) : (
            <ul className={styles['chat-threads']} aria-label="Earlier conversations">
              {conversations.map((conversation) => {
                const { id, title = 'Empty', updatedAt } = conversation;
                return (
                  <li key={id} className="aligned gap-8">
                    <button
                      type="button"
                      className="topbar-link truncate"
                      disabled={isBusy}
                      aria-current={id === shown}
                      onClick={() => open(id)}
                    >
                      {title}
                    </button>
                    <span className="small-quiet">{formatAgo(updatedAt, now)}</span>
                    <RowButton title="Rename" what={title} run={() => setRenamed(conversation)} />
                    <RowButton title="Delete" what={title} run={() => setDeleted(conversation)} />
                  </li>
                );
              })}
            </ul>
          )
        }
      </WhenLoaded>
      <ShowMore pages={pages} what="conversations" />
      {renamed === undefined ? null : (
        <RenameThread conversation={renamed} onClose={() => setRenamed(undefined)} onRenamed={pages.again} />
      )}
      {deleted === undefined ? null : (
        <Confirm
          title={`Delete the conversation “${deleted.title ?? 'Empty'}”?`}
          verb="Delete conversation"
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            const params = { path: { id: deleted.id } };
            await client.DELETE('/api/conversations/{id}', { params: { ...params, query: { undo: 'true' } } });
            if (deleted.id === shown) onOpen(undefined, { messages: [], earlier: undefined });
            setDeleted(undefined);
            pages.again();
            offerUndo({
              what: `the conversation “${deleted.title ?? 'Empty'}”`,
              restore: () => client.POST('/api/conversations/{id}/restore', { params }),
              onRestored: pages.again,
            });
          }}
        >
          <p>
            Its messages are erased permanently. You can undo this for 10 seconds. A run that is on it is ended. The
            runs stay.
          </p>
        </Confirm>
      )}
    </div>
  );
}

function RenameThread({
  conversation: { id, title: before = '' },
  onClose,
  onRenamed,
}: {
  readonly conversation: StoredConversation;
  readonly onClose: () => void;
  readonly onRenamed: () => void;
}): ReactElement {
  const [title, setTitle] = useState(before);
  return (
    <FormDialog
      title="Rename conversation"
      verb="Rename"
      hasOwnChecks
      isDisabled={title.trim() === ''}
      onSubmit={async () => {
        const body = readForm(RenameThreadRequest, { title }, { title: 'Enter a name of at most 200 characters.' });
        await client.POST('/api/conversations/{id}/rename', { params: { path: { id } }, body });
        onRenamed();
        onClose();
      }}
      onClose={onClose}
    >
      <TextField title="Name" value={title} isFirst onChange={setTitle} />
    </FormDialog>
  );
}
