import type { SharedChat, SharedRun, ThreadMessagesReply } from '@heddle/core';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Said } from '../../ui/feedback/feedback-of-run.js';
import { createClient, type Client, type Question } from './client.js';
import { emptyConversation, keepConversation, keepThread, newId, type Kept, type Turn } from './kept.js';
import { filesOf, sourcesOf, textOf } from './read-outputs.js';
import { runToEnd, type Running } from './run-to-end.js';
import { messageOf, ShareError } from './share-error.js';

/** Turns that are sent along where the workflow has no memory of its own. */
const mostHistory = 50;

export interface ConversationState extends Kept {
  /** What a screen reader says. */
  readonly said: string;
}

/** A conversation with a shared workflow, which continues after a reload. */
export interface Conversation {
  readonly store: StoreApi<ConversationState>;
  /** The server, for the user of this conversation. */
  client(): Client;
  ask(text: string, files: readonly File[]): void;
  /** Asks the question of a turn again. */
  again(turnId: string): void;
  stop(): void;
  /** Says this of an answer; undefined takes everything back. */
  rate(turn: Turn, said: Said | undefined): void;
  /** Forgets the conversation and starts a new one as another user. */
  begin(): void;
}

/** Whether an answer is still expected. */
export const isPending = ({ status }: Turn): boolean =>
  status === 'running' || status === 'waiting' || status === 'paused';

export function createConversation(token: string, chat: SharedChat): Conversation {
  const keeper = keepConversation(token);
  const threads = keepThread(token);
  const before = threads.read();
  const inTab = keeper.read();
  // In another tab, and on another day, the conversation comes from the server.
  const isReturning = inTab.turns.length === 0 && before !== undefined;
  const store = createStore<ConversationState>(() => ({
    ...(isReturning ? { ...before, turns: [] } : inTab),
    said: '',
  }));
  let client = createClient(token, store.getState().session);
  let listening = new AbortController();
  const files = new Map<string, readonly File[]>();
  store.subscribe(({ session, thread, turns }) => {
    keeper.write({ session, thread, turns });
    threads.write(thread === undefined ? undefined : { session, thread });
  });

  const pendingTurn = (): Turn | undefined => store.getState().turns.find(isPending);
  const say = (said: string): void => store.setState({ said });
  const change = (id: string, changes: Partial<Turn>): void =>
    store.setState(({ turns }) => ({ turns: turns.map((turn) => (turn.id === id ? { ...turn, ...changes } : turn)) }));

  function ask(text: string, chosen: readonly File[]): void {
    if (pendingTurn() !== undefined) return;
    const names = chosen.map(({ name }) => name);
    const turn = asked(newId(), text, names);
    files.set(turn.id, chosen);
    store.setState(({ turns }) => ({ turns: [...turns, turn] }));
    run(turn.id, startOf(turn));
  }

  function again(id: string): void {
    const { turns } = store.getState();
    const before = turns.find((turn) => turn.id === id);
    if (before === undefined || pendingTurn() !== undefined) return;
    const turn = asked(id, before.question, before.files);
    store.setState({ turns: turns.map((known) => (known.id === id ? turn : known)) });
    run(id, { question: questionOf(turn), name: turn.name });
  }

  function questionOf(turn: Turn): Question {
    const chosen = files.get(turn.id) ?? [];
    return {
      inputs: { [chat.input]: inputOf(turn, store.getState().turns, chat) },
      files: chat.files === undefined ? {} : { [chat.files.input]: chosen },
    };
  }

  const startOf = (turn: Turn): Running => ({
    question: questionOf(turn),
    name: turn.name,
    thread: store.getState().thread ?? 'new',
  });

  /** Shows what the server has of the thread; a thread that is gone is forgotten. */
  async function restore(thread: string): Promise<void> {
    const { signal } = listening;
    try {
      const { messages, running } = await client.messages(thread);
      if (signal.aborted || store.getState().turns.length > 0) return;
      const turns = turnsOf(messages);
      const pending =
        running === undefined ? [] : [{ ...asked(newId(), running.question ?? '', []), runId: running.run }];
      store.setState({ turns: [...turns, ...pending] });
      for (const { id, runId } of pending) run(id, { runId });
    } catch (error) {
      if (!signal.aborted && error instanceof ShareError && error.code === 'thread_not_found')
        store.setState({ thread: undefined });
    }
  }

  function run(id: string, running: Running): void {
    const { signal } = listening;
    say('The answer is streaming.');
    const listener = {
      onRun: (runId: string, thread: string | undefined) => {
        change(id, { runId });
        if (thread !== undefined) store.setState({ thread });
      },
      onText: (output: string, text: string) => {
        if (output === chat.output) change(id, { status: 'running', answer: text });
      },
      onWaiting: (status: SharedRun['status']) => change(id, { status: status === 'paused' ? 'paused' : 'waiting' }),
    };
    runToEnd(client, running, listener, signal).then(
      (result) => finish(id, result),
      (error: unknown) => {
        if (signal.aborted) return;
        // It was erased: the next message begins a new one.
        if (error instanceof ShareError && error.code === 'thread_not_found') store.setState({ thread: undefined });
        fail(id, error);
      },
    );
  }

  function finish(id: string, result: SharedRun): void {
    const { status, outputs, error, runId } = result;
    const written = store.getState().turns.find((turn) => turn.id === id)?.answer ?? '';
    const answer = Object.hasOwn(outputs, chat.output) ? textOf(outputs[chat.output]) : written;
    change(id, {
      runId,
      answer,
      sources: sourcesOf(result),
      given: filesOf(result),
      status: status === 'done' ? 'done' : status === 'cancelled' ? 'stopped' : 'failed',
      ...(status === 'failed' ? { error: error?.message ?? 'The answer failed.' } : {}),
    });
    say(status === 'done' ? `The answer: ${answer.slice(0, 1_000)}` : (error?.message ?? 'Stopped.'));
  }

  function fail(id: string, error: unknown): void {
    change(id, { status: 'failed', error: messageOf(error) });
    say(messageOf(error));
  }

  function stop(): void {
    const turn = pendingTurn();
    if (turn?.runId !== undefined) client.cancel(turn.runId).catch((error: unknown) => fail(turn.id, error));
  }

  function rate({ id, runId }: Turn, said: Said | undefined): void {
    if (runId === undefined) return;
    client.feedback(runId, said).then(
      () => {
        change(id, { said });
        say(said === undefined ? 'Your feedback is removed.' : 'Thank you for your feedback.');
      },
      (error: unknown) => {
        change(id, { ratingProblem: messageOf(error) });
        say(messageOf(error));
      },
    );
    change(id, { ratingProblem: undefined });
  }

  function begin(): void {
    listening.abort();
    listening = new AbortController();
    const runId = pendingTurn()?.runId;
    if (runId !== undefined) client.cancel(runId).catch(() => undefined); // it ends by itself then
    store.setState({ ...emptyConversation(), thread: undefined, said: '' });
    client = createClient(token, store.getState().session);
    files.clear();
  }

  const pending = pendingTurn();
  if (pending?.runId !== undefined) run(pending.id, { runId: pending.runId });
  // The same message id gives the same run, in case the server already started it.
  else if (pending?.files.length === 0) run(pending.id, startOf(pending));
  else if (pending !== undefined)
    change(pending.id, { status: 'failed', error: 'The page was closed before the files were uploaded.' });

  if (isReturning) void restore(before.thread);

  return { store, client: () => client, ask, again, stop, rate, begin };
}

/** The value of the chat's input; where the workflow takes messages and has no memory, the earlier turns are included. */
function inputOf(turn: Turn, turns: readonly Turn[], { takes, hasMemory }: SharedChat): unknown {
  if (takes === 'text') return turn.question;
  const message = { role: 'user', content: turn.question };
  if (hasMemory) return [message];
  const before = turns.slice(
    0,
    Math.max(
      0,
      turns.findIndex(({ id }) => id === turn.id),
    ),
  );
  const said = before
    .filter(({ status, answer }) => status === 'done' && answer !== '')
    .slice(-mostHistory)
    .flatMap(({ question, answer }) => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]);
  return [...said, message];
}

/** Questions with their answers, from the messages of a thread. */
function turnsOf(messages: ThreadMessagesReply['messages']): readonly Turn[] {
  const turns: Turn[] = [];
  for (const { role, text, run, isWithheld, citations = [], feedback } of messages) {
    const last = turns.at(-1);
    const shown = isWithheld ? 'This message is not shown here.' : text;
    if (role === 'user') turns.push({ ...asked(newId(), shown, []), status: 'done', runId: run });
    else if (last !== undefined && last.answer === '' && last.runId === run) {
      const [own] = feedback ?? [];
      const said = own === undefined ? {} : { said: own as Said }; // the page sent it
      turns[turns.length - 1] = { ...last, answer: shown, sources: citations, ...said };
    } else turns.push({ ...asked(newId(), '', []), status: 'done', runId: run, answer: shown, sources: citations });
  }
  return turns;
}

const asked = (id: string, question: string, files: readonly string[]): Turn => ({
  id,
  question,
  files,
  name: newId(),
  status: 'running',
  answer: '',
  sources: [],
  given: [],
});
