import type { SharedPage } from '@heddle/core';
import { Plus, X } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { readPage } from './client.js';
import { createConversation, type Conversation } from './conversation.js';
import { createFormRun, type FormRun } from './form-run.js';
import { messageOf } from './share-error.js';
import { ShareChat } from './ShareChat.js';
import { ShareForm } from './ShareForm.js';

/** What the share page shows. */
type Content =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'form'; readonly page: SharedPage; readonly formRun: FormRun }
  | {
      readonly kind: 'chat';
      readonly page: SharedPage;
      readonly chat: NonNullable<SharedPage['chat']>;
      readonly conversation: Conversation;
    };

/** The share page: a chat or a form, by the server's settings. */
export function SharePage({
  token,
  title,
  greeting,
  onClose,
  onReady,
  measure,
}: {
  readonly token: string;
  readonly title: string;
  readonly greeting: string;
  /** Closes the frame of the page; undefined outside of one that opens and closes. */
  readonly onClose: (() => void) | undefined;
  readonly onReady: (page: SharedPage) => void;
  readonly measure: (content: Element) => void;
}): ReactElement {
  const [content, setContent] = useState<Content>({ kind: 'loading' });
  useEffect(() => {
    readPage(token).then(
      (page) => {
        const { kind, chat } = page;
        setContent(
          kind === 'chat' && chat !== undefined
            ? { kind, page, chat, conversation: createConversation(token, chat) }
            : { kind: 'form', page, formRun: createFormRun(token, page.inputs) },
        );
      },
      (error: unknown) => setContent({ kind: 'failed', problem: messageOf(error) }),
    );
  }, [token]);
  useEffect(() => {
    if (content.kind === 'form' || content.kind === 'chat') onReady(content.page);
  }, [content, onReady]);
  return (
    <>
      <header className="top">
        <h1>{title}</h1>
        {content.kind === 'chat' ? <NewConversation conversation={content.conversation} /> : null}
        {onClose === undefined ? null : (
          <button type="button" className="icon-button" data-tip="Close" aria-label="Close" onClick={onClose}>
            <X size={18} aria-hidden />
          </button>
        )}
      </header>
      <main className="middle" id="main">
        {content.kind === 'loading' ? (
          <p className="greeting">{greeting}</p>
        ) : content.kind === 'failed' ? (
          <div className="notice">
            <p className="failed-text" role="alert">
              {content.problem}
            </p>
            <button type="button" className="button" onClick={() => location.reload()}>
              Try again
            </button>
          </div>
        ) : content.kind === 'chat' ? (
          <ShareChat page={content.page} chat={content.chat} conversation={content.conversation} />
        ) : (
          <ShareForm page={content.page} formRun={content.formRun} measure={measure} />
        )}
      </main>
    </>
  );
}

function NewConversation({ conversation }: { readonly conversation: Conversation }): ReactElement | null {
  const isEmpty = useStore(conversation.store, ({ turns }) => turns.length === 0);
  if (isEmpty) return null;
  const begin = (): void => {
    conversation.begin();
    document.querySelector<HTMLElement>('.chat-write textarea')?.focus();
  };
  return (
    <button type="button" className="button button-small fresh" data-tip="New conversation" onClick={begin}>
      <Plus size={16} aria-hidden />
      <span>New conversation</span>
    </button>
  );
}
