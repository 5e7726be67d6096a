import type { SharedChat, SharedPage } from '@heddle/core';
import { Plus, X } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { ChatProvider, createChat, messageOf, useChat, type Chat } from '../chat-kit/index.js';
import { createClient, readPage } from './client.js';
import { createFormRun, type FormRun } from './form-run.js';
import { ShareChat } from './ShareChat.js';
import { ShareForm } from './ShareForm.js';

type Content =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'form'; readonly page: SharedPage; readonly formRun: FormRun }
  | {
      readonly kind: 'chat';
      readonly page: SharedPage;
      readonly chat: Chat;
    };

/** The share page. The server decides whether it is a chat or a form. */
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
  /** Closes the frame that contains the page; undefined if the page is not in such a frame. */
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
            ? { kind, page, chat: chatOf(token, chat, page.maxFileBytes) }
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
        {content.kind === 'chat' ? (
          <ChatProvider chat={content.chat}>
            <NewConversation />
          </ChatProvider>
        ) : null}
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
          <ShareChat page={content.page} chat={content.chat} />
        ) : (
          <ShareForm page={content.page} formRun={content.formRun} measure={measure} />
        )}
      </main>
    </>
  );
}

/** The chat of a share page. Each new conversation has a new anonymous user. */
const chatOf = (token: string, { files, ...ports }: SharedChat, maxBytes: number): Chat =>
  createChat({
    connect: (session) => createClient(token, session),
    ports: { ...ports, files: files === undefined ? undefined : { ...files, maxBytes } },
    name: token.slice(0, 16),
  });

function NewConversation(): ReactElement | null {
  const { turns, chat } = useChat();
  if (turns.length === 0) return null;
  const begin = (): void => {
    chat.begin();
    document.querySelector<HTMLElement>('.chat-write textarea')?.focus();
  };
  return (
    <button type="button" className="button button-small fresh" data-tip="New conversation" onClick={begin}>
      <Plus size={16} aria-hidden />
      <span>New conversation</span>
    </button>
  );
}
