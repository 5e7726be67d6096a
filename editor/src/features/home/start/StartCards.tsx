import clsx from 'clsx';
import { Bot, MessageSquareText, SquareDashed, Upload, type LucideIcon } from 'lucide-react';
import { Suspense, useRef, type ReactElement, type ReactNode } from 'react';
import { useAction } from '../../../data/queries/use-action.js';
import { readChosen, type NamedFile } from '../../../ui/fields/read-dropped.js';
import { awaitCanvas } from '../../../ui/keyboard/move-focus.js';
import { lazyPart } from '../../../ui/navigation/lazy-page.js';
import { Link } from '../../../ui/navigation/Link.js';
import { buildPath, navigate, templatesPath, workflowPath } from '../../../ui/navigation/route.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { NewWorkflow } from '../NewWorkflow.js';
import styles from '../home.module.css';

/** The dialog that creates a chat from files, loaded on demand. */
export const LazyChatStart = lazyPart(() => import('./chat/ChatStart.js').then(({ ChatStart }) => ChatStart));

/** The three ways to start: a chat with documents, an agent with tools, or a blank canvas. */
export function StartCards({
  files,
  onFiles,
}: {
  /** The files from which a chat is created; undefined while the dialog is closed. */
  readonly files: readonly NamedFile[] | undefined;
  readonly onFiles: (files: readonly NamedFile[] | undefined) => void;
}): ReactElement {
  return (
    <section className={styles['starts']} aria-label="Start">
      <IfMay permission="collection:write">
        <ChatCard onFiles={onFiles} />
      </IfMay>
      <AgentCard />
      <Card
        Icon={SquareDashed}
        title="Blank canvas"
        text="Draw a workflow yourself: add nodes, connect them, run it, and publish it as an API."
      >
        <NewWorkflow />
        <IfMay permission="workflow:build">
          <Link href={buildPath()} className="text-link">
            Describe what you need to a model
          </Link>
        </IfMay>
        <Link href={templatesPath()} className="text-link">
          Start from a template
        </Link>
      </Card>
      {files === undefined ? null : (
        <Suspense fallback={<p role="status">Opening…</p>}>
          <LazyChatStart files={files} onClose={() => onFiles(undefined)} />
        </Suspense>
      )}
    </section>
  );
}

function ChatCard({ onFiles }: { readonly onFiles: (files: readonly NamedFile[]) => void }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Card
      Icon={MessageSquareText}
      title="Chat with documents"
      text="Drop files anywhere on this page, or choose them. You get a chat that answers from them and shows its sources."
    >
      <button type="button" className="button button-primary" onClick={() => input.current?.click()}>
        <Upload size={15} aria-hidden /> Choose files
      </button>
      <Link href={templatesPath('ask-the-handbook')} className="text-link">
        Try it with sample documents
      </Link>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to chat with"
        onChange={(event) => {
          const files = readChosen(event.target.files ?? []);
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </Card>
  );
}

function AgentCard(): ReactElement {
  const action = useAction();
  const create = (): void =>
    action.run(async () => {
      const { createAgent } = await import('./new-agent.js');
      const { slug } = await createAgent();
      awaitCanvas();
      navigate(workflowPath(slug));
    });
  return (
    <Card
      Icon={Bot}
      title="Agent with tools"
      text="A model that searches, calculates, calls the web or your own tools (MCP), and can ask you first."
    >
      <button type="button" className="button" disabled={action.isBusy} onClick={create}>
        <Bot size={15} aria-hidden /> {action.isBusy ? 'Creating…' : 'New agent'}
      </button>
      {action.error === undefined ? null : <Notice error={action.error} />}
    </Card>
  );
}

function Card({
  Icon,
  title,
  text,
  children,
}: {
  readonly Icon: LucideIcon;
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <article className="start boxed-surface">
      <Icon size={22} strokeWidth={1.5} aria-hidden />
      <h2>{title}</h2>
      <p className="quiet">{text}</p>
      <div className={clsx(styles['start-actions'], 'aligned-wrapped')}>{children}</div>
    </article>
  );
}
