import clsx from 'clsx';
import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { ApiError, toApiError } from '../../../../data/http/http.js';
import type { NamedFile } from '../../../../ui/fields/read-dropped.js';
import { Dialog } from '../../../../ui/dialogs/Dialog.js';
import { formatBytes } from '../../../../ui/format/format-bytes.js';
import { chatPath, collectionPath, navigate } from '../../../../ui/navigation/route.js';
import { Link } from '../../../../ui/navigation/Link.js';
import { Notice } from '../../../../ui/states/Notice.js';
import { Progress } from '../../../../ui/states/Progress.js';
import { describeIngest, importShare } from '../../../collections/index.js';
import { chatModels, type ChatModels } from './chat-models.js';
import { ChatModelsNeeded } from './ChatModelsNeeded.js';
import { useModelsAndConnections } from './use-models-and-connections.js';
import { makeChat, type ChatStep, type MadeChat } from './make-chat.js';
import styles from '../../home.module.css';

/** Creates a chat from files: downloads missing models, creates a collection, imports the files, and creates the workflow. */
export function ChatStart({
  files,
  onClose,
}: {
  readonly files: readonly NamedFile[];
  readonly onClose: () => void;
}): ReactElement {
  const { models: known, connections, error, again } = useModelsAndConnections();
  const work = useChatWork(files, onClose);
  const { begin } = work;
  const models = known === undefined || connections === undefined ? undefined : chatModels(known, connections);
  const [embedding, model] = models?.kind === 'ready' ? [models.embedding, models.model] : [];
  useEffect(() => {
    if (embedding !== undefined && model !== undefined) begin(embedding, model);
  }, [begin, embedding, model]);
  const isWorking = work.state.kind === 'working';
  return (
    <Dialog title="Chat with documents" isShownOnce={isWorking} onClose={onClose}>
      <div className="dialog-form">
        <p className="quiet">{filesText(files)}</p>
        {work.state.kind === 'idle' ? (
          error !== undefined && models === undefined ? (
            <Notice error={error} action={{ name: 'Retry', run: again }} />
          ) : (
            <Models models={models} onClose={onClose} />
          )
        ) : (
          <Work work={work} onClose={onClose} />
        )}
      </div>
    </Dialog>
  );
}

function Models({
  models,
  onClose,
}: {
  readonly models: ChatModels | undefined;
  readonly onClose: () => void;
}): ReactElement {
  if (models === undefined || models.kind === 'ready') return <p role="status">Looking for models…</p>;
  if (models.kind === 'download') return <ChatModelsNeeded models={models.models} onClose={onClose} />;
  return (
    <>
      <p role="alert">
        A chat with documents needs an {models.what}, and the catalogue of this Heddle has none. Add one on the page
        Models.
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
        <Link href="/models" className="button button-primary">
          Open models
        </Link>
      </div>
    </>
  );
}

type WorkState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'working'; readonly step: ChatStep; readonly isCancelled: boolean }
  | { readonly kind: 'partly'; readonly made: MadeChat; readonly isDiscarding: boolean; readonly error?: ApiError }
  | { readonly kind: 'failed'; readonly error: ApiError };

interface ChatWork {
  readonly state: WorkState;
  readonly begin: (embedding: string, model: string) => void;
  readonly again: () => void;
  readonly cancel: () => void;
  readonly discard: () => void;
}

/** Creates a chat and follows the progress. In the end the page of the chat opens, or everything is deleted again. */
function useChatWork(files: readonly NamedFile[], onClose: () => void): ChatWork {
  const [state, setState] = useState<WorkState>({ kind: 'idle' });
  const controller = useRef<AbortController>(undefined);
  const close = useRef(onClose);
  const chosen = useRef<readonly [embedding: string, model: string]>(undefined);
  useEffect(() => void (close.current = onClose), [onClose]);
  const begin = useCallback(
    (embedding: string, model: string): void => {
      if (controller.current !== undefined) return;
      chosen.current = [embedding, model];
      const { signal } = (controller.current = new AbortController());
      const onStep = (step: ChatStep): void => setState({ kind: 'working', step, isCancelled: signal.aborted });
      makeChat({ files, embedding, model }, onStep, signal).then(
        (made) => {
          if (made.failures.length > 0) setState({ kind: 'partly', made, isDiscarding: false });
          else navigate(chatPath(made.slug));
        },
        (reason: unknown) => {
          // If a cancelled start left nothing behind, the dialog closes without a message.
          if (signal.aborted && !(reason instanceof ApiError)) close.current();
          else setState({ kind: 'failed', error: toApiError(reason) });
        },
      );
    },
    [files],
  );
  useEffect(
    () => () => {
      controller.current?.abort();
      controller.current = undefined;
    },
    [],
  );
  const discard = (): void => {
    if (state.kind !== 'partly') return;
    setState({ ...state, isDiscarding: true });
    state.made.discard().then(
      () => close.current(),
      (reason: unknown) => setState({ ...state, isDiscarding: false, error: toApiError(reason) }),
    );
  };
  return {
    state,
    begin,
    discard,
    again: () => {
      controller.current = undefined;
      if (chosen.current !== undefined) begin(...chosen.current);
    },
    cancel: () => {
      controller.current?.abort();
      setState((before) => (before.kind === 'working' ? { ...before, isCancelled: true } : before));
    },
  };
}

function Work({ work, onClose }: { readonly work: ChatWork; readonly onClose: () => void }): ReactElement | null {
  const { state } = work;
  switch (state.kind) {
    case 'idle':
      return null;
    case 'working':
      return (
        <>
          <StepLine step={state.step} isCancelled={state.isCancelled} />
          <div className="dialog-actions">
            <button type="button" className="button" disabled={state.isCancelled} onClick={work.cancel}>
              {state.isCancelled ? 'Cancelling…' : 'Cancel'}
            </button>
          </div>
        </>
      );
    case 'partly':
      return <Partly {...state} onDiscard={work.discard} />;
    case 'failed':
      return (
        <>
          <Notice error={state.error} />
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              Close
            </button>
            <button type="button" className="button button-primary" onClick={work.again}>
              Try again
            </button>
          </div>
        </>
      );
  }
}

function StepLine({ step, isCancelled }: { readonly step: ChatStep; readonly isCancelled: boolean }): ReactElement {
  const text = isCancelled
    ? 'Removing what was made…'
    : step.kind === 'creating'
      ? 'Creating a collection…'
      : step.kind === 'sending'
        ? 'Sending the files…'
        : `Importing: ${describeIngest(step.job)}`;
  return (
    <>
      <p role="status" className="figure">
        {text}
      </p>
      <Progress share={step.kind === 'importing' ? importShare(step.job) : undefined} label="Chat with documents" />
    </>
  );
}

/** Asks whether the imported files are enough when others could not be read. */
function Partly({
  made: { slug, collection, documents, failures },
  isDiscarding,
  error,
  onDiscard,
}: Extract<WorkState, { kind: 'partly' }> & { readonly onDiscard: () => void }): ReactElement {
  return (
    <>
      <p role="alert">
        {failures.length === 1 ? 'One file' : `${failures.length} files`} could not be read.{' '}
        {documents === 1 ? 'One document was' : `${documents} documents were`} imported into{' '}
        <Link href={collectionPath(collection)}>{collection}</Link>.
      </p>
      <ul className={clsx(styles['chat-refused'], 'stack gap-4')}>
        {failures.slice(0, 20).map(({ document, message }) => (
          <li key={document}>
            <strong>{document}</strong>: {message}
          </li>
        ))}
      </ul>
      {error === undefined ? null : <Notice error={error} />}
      <div className="dialog-actions">
        <button type="button" className="button" disabled={isDiscarding} onClick={onDiscard}>
          {isDiscarding ? 'Discarding…' : 'Discard all'}
        </button>
        <button type="button" className="button button-primary" onClick={() => navigate(chatPath(slug))}>
          Chat with {documents === 1 ? 'one document' : `${documents} documents`}
        </button>
      </div>
    </>
  );
}

function filesText(files: readonly NamedFile[]): string {
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const names = files.slice(0, 3).map(({ id }) => (id.length > 60 ? `${id.slice(0, 57)}…` : id));
  const more = files.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} (${formatBytes(bytes)})`;
}
