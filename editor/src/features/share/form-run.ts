import type { SharedPage } from '@heddle/core';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  ChatError,
  type ChatRun,
  tabStorage,
  messageOf,
  newId,
  runToEnd,
  type Question,
  type Rating,
  type Running,
} from '../chat-kit/index.js';
import { createClient } from './client.js';

/** The stored state of a form: the user's id at the server, and the run that has not ended. */
interface KeptForm {
  readonly session: string;
  readonly runId?: string;
}

interface FormRunState {
  readonly isBusy: boolean;
  /** What the run does now, as text; empty if there is nothing to say. */
  readonly status: string;
  readonly problem: string;
  readonly errors: Readonly<Record<string, string>>;
  /** The run so far; undefined until it has an output. */
  readonly run: ChatRun | undefined;
  /** The user's feedback on the result. */
  readonly said: Rating | undefined;
  readonly ratingProblem: string | undefined;
}

/** The run of a form, which continues after a reload. */
export interface FormRun {
  readonly store: StoreApi<FormRunState>;
  start(question: Question): void;
  stop(): void;
  /** Stores feedback on the result; undefined withdraws it. */
  rate(said: Rating | undefined): void;
  readonly readFile: (runId: string, id: string) => Promise<Blob>;
}

const idle: FormRunState = {
  isBusy: false,
  status: '',
  problem: '',
  errors: {},
  run: undefined,
  said: undefined,
  ratingProblem: undefined,
};

export function createFormRun(token: string, inputs: SharedPage['inputs']): FormRun {
  const store = createStore<FormRunState>(() => idle);
  const keeper = tabStorage<KeptForm>(`heddle form ${token.slice(0, 16)}`, () => ({ session: newId() }));
  const { session, runId: begun } = keeper.read();
  const client = createClient(token, session);
  let runId = begun;

  async function follow(running: Running): Promise<void> {
    store.setState({ ...idle, isBusy: true, status: 'Running…' });
    runId = 'runId' in running ? running.runId : undefined;
    const texts = new Map<string, string>();
    const { signal } = new AbortController(); // never aborted: the user can leave the form only by leaving the page
    const listener = {
      onRun: (id: string) => {
        runId = id;
        keeper.write({ session, runId });
      },
      onText: (output: string, text: string) => {
        texts.set(output, text);
        store.setState({ run: { runId: runId ?? '', status: 'running', outputs: Object.fromEntries(texts) } });
      },
      onWaiting: (_runId: string, status: ChatRun['status']) =>
        store.setState({
          status:
            status === 'paused'
              ? 'Paused. It continues automatically later.'
              : 'Waiting for a person. It continues automatically after the decision.',
        }),
    };
    try {
      finish(await runToEnd(client, running, listener, signal));
    } catch (error) {
      store.setState({ isBusy: false, status: '' });
      // If a run from before this page load no longer exists, the user need not know.
      if ('question' in running || !(error instanceof ChatError)) refuse(error);
    } finally {
      keeper.write({ session });
    }
  }

  function finish(ended: ChatRun): void {
    const { status, outputs, error } = ended;
    const reason = error?.message ?? 'It failed. Try again, or ask the person who gave you this page.';
    store.setState(({ run }) => ({
      isBusy: false,
      run: Object.keys(outputs).length > 0 ? ended : run,
      status: status === 'done' ? 'Done.' : status === 'cancelled' ? 'Stopped.' : '',
      problem: status === 'failed' ? reason : '',
    }));
  }

  function refuse(error: unknown): void {
    const field = error instanceof ChatError ? inputs.find(({ name }) => name === error.field) : undefined;
    store.setState(
      field === undefined ? { problem: messageOf(error) } : { errors: { [field.name]: messageOf(error) } },
    );
  }

  if (begun !== undefined) void follow({ runId: begun });
  return {
    store,
    start: (question) => void follow({ question, name: newId() }),
    stop: () => {
      if (runId !== undefined) client.cancel(runId).catch(refuse);
    },
    rate: (said) => {
      const { run } = store.getState();
      if (run === undefined) return;
      client.feedback(run.runId, said).then(
        () => store.setState({ said, ratingProblem: undefined }),
        (error: unknown) => store.setState({ ratingProblem: messageOf(error) }),
      );
    },
    readFile: (id, file) => client.file(id, file),
  };
}
