import { createStore } from 'zustand/vanilla';
import { ChatError, messageOf } from './chat-error.js';
import { emptyConversation, chatStorage, newId, type ChatStorage } from './stored-conversation.js';
import { filesOf, sourcesOf, textOf } from './read-outputs.js';
import { runToEnd, type Running } from './run-to-end.js';
import { asked, inputOf, isPending, joinTurns, turnsOf } from './turns.js';
import type { Chat, ChatPorts, ChatRun, ChatServer, ChatState, Question, Rating, Turn } from './types.js';

/** Options of `createChat`. */
export interface ChatOptions {
  /** Creates the server for a user. The user is a random name of this browser, which changes with each new conversation. */
  readonly connect: (session: string) => ChatServer;
  readonly ports: ChatPorts;
  /** The name under which this browser stores the thread. Without a name, the conversation ends with the page. */
  readonly name?: string | undefined;
}

interface State extends ChatState {
  readonly session: string;
  /** The position in the thread before which the earlier messages are. */
  readonly earlier?: number | undefined;
}

/**
 * A chat with a workflow. Create it once for a page, not in a component.
 *
 * @example const chat = createChat({ connect: workflowServer(heddle, 'ask-the-handbook'), ports: { input: 'question', output: 'answer' } });
 */
export const createChat = (options: ChatOptions): Chat => new Conversation(options);

class Conversation implements Chat {
  readonly ports: ChatPorts;
  private readonly store;
  private readonly connect: ChatOptions['connect'];
  private readonly files = new Map<string, readonly File[]>();
  private connected: ChatServer;
  private listening = new AbortController();
  /** Pending while the thread of an earlier visit is read; until then it is not known whether the thread still exists. */
  private restoring: Promise<void> | undefined;

  constructor({ connect, ports, name }: ChatOptions) {
    this.ports = ports;
    this.connect = connect;
    const keeper = chatStorage(name);
    const kept = keeper.read();
    this.store = createStore<State>(() => ({ ...kept, hasEarlier: kept.earlier !== undefined, said: '' }));
    this.connected = connect(kept.session);
    this.store.subscribe((state) => keeper.write(state));
    this.resume(keeper);
  }

  getState = (): ChatState => this.store.getState();

  subscribe = (listener: () => void): (() => void) => this.store.subscribe(listener);

  server = (): ChatServer => this.connected;

  send(text: string, chosen: readonly File[] = []): void {
    if (this.pending() !== undefined) return;
    const names = chosen.map(({ name }) => name);
    const turn = asked(newId(), text, names);
    this.files.set(turn.id, chosen);
    this.store.setState(({ turns }) => ({ turns: [...turns, turn] }));
    const { signal } = this.listening;
    const start = (): void => {
      if (!signal.aborted) this.run(turn.id, this.startOf(turn));
    };
    if (this.restoring === undefined) start();
    else void this.restoring.then(start);
  }

  again(id: string): void {
    const { turns } = this.store.getState();
    const before = turns.find((turn) => turn.id === id);
    if (before === undefined || this.pending() !== undefined) return;
    const turn = asked(id, before.question, before.files);
    this.store.setState({ turns: turns.map((known) => (known.id === id ? turn : known)) });
    this.run(id, { question: this.questionOf(turn), name: turn.name });
  }

  stop(): void {
    const turn = this.pending();
    if (turn?.runId !== undefined)
      this.connected.cancel(turn.runId).catch((error: unknown) => this.fail(turn.id, error));
  }

  rate({ id, runId }: Turn, said: Rating | undefined): void {
    if (runId === undefined) return;
    this.connected.feedback(runId, said).then(
      () => {
        this.change(id, { said });
        this.say(said === undefined ? 'Your feedback is removed.' : 'Thank you for your feedback.');
      },
      (error: unknown) => {
        this.change(id, { ratingProblem: messageOf(error) });
        this.say(messageOf(error));
      },
    );
    this.change(id, { ratingProblem: undefined });
  }

  async answer({ id, runId, asks = [] }: Turn, requestId: string, value: unknown, reason?: string): Promise<void> {
    if (runId === undefined || this.connected.answer === undefined) return;
    await this.connected.answer(runId, requestId, value, reason);
    this.change(id, { asks: asks.filter((question) => question.requestId !== requestId) });
  }

  showEarlier(): void {
    const { thread, earlier } = this.store.getState();
    if (thread === undefined || earlier === undefined) return;
    // Without `earlier`, a second press does nothing while the messages load.
    this.store.setState({ earlier: undefined, hasEarlier: false, earlierProblem: undefined });
    const { signal } = this.listening;
    this.connected.messages(thread, earlier).then(
      ({ messages, next }) => {
        if (signal.aborted) return;
        this.store.setState(({ turns }) => ({
          turns: joinTurns(turnsOf(messages), turns),
          earlier: next,
          hasEarlier: next !== undefined,
        }));
      },
      (error: unknown) => {
        if (!signal.aborted) this.store.setState({ earlier, hasEarlier: true, earlierProblem: messageOf(error) });
      },
    );
  }

  begin(): void {
    this.listening.abort();
    this.listening = new AbortController();
    const runId = this.pending()?.runId;
    if (runId !== undefined) this.connected.cancel(runId).catch(() => undefined); // if this fails, the run ends by itself
    const nothing = { thread: undefined, earlier: undefined, hasEarlier: false, earlierProblem: undefined, said: '' };
    this.store.setState({ ...emptyConversation(), ...nothing });
    this.connected = this.connect(this.store.getState().session);
    this.files.clear();
  }

  /** Continues what the page began before a reload or on an earlier day. */
  private resume({ isReturning }: ChatStorage): void {
    const { thread } = this.store.getState();
    if (isReturning && thread !== undefined)
      this.restoring = this.restore(thread).finally(() => (this.restoring = undefined));
    const pending = this.pending();
    if (pending?.runId !== undefined) this.run(pending.id, { runId: pending.runId });
    // The same message id gives the same run if the server has already started it.
    else if (pending?.files.length === 0) this.run(pending.id, this.startOf(pending));
    else if (pending !== undefined)
      this.change(pending.id, { status: 'failed', error: 'The page was closed before the files were uploaded.' });
  }

  /** Shows the turns of the thread that the server has; forgets a thread that no longer exists. */
  private async restore(thread: string): Promise<void> {
    const { signal } = this.listening;
    try {
      const { messages, running, next } = await this.connected.messages(thread);
      if (signal.aborted || this.store.getState().turns.length > 0) return;
      const pending =
        running === undefined ? [] : [{ ...asked(newId(), running.question ?? '', []), runId: running.run }];
      this.store.setState({
        turns: [...turnsOf(messages), ...pending],
        earlier: next,
        hasEarlier: next !== undefined,
      });
      for (const { id, runId } of pending) this.run(id, { runId });
    } catch (error) {
      if (!signal.aborted) this.forgetIfGone(error);
    }
  }

  private run(id: string, running: Running): void {
    const { signal } = this.listening;
    this.say('The answer is streaming.');
    const listener = {
      onRun: (runId: string, thread: string | undefined) => {
        this.change(id, { runId });
        if (thread !== undefined) this.store.setState({ thread });
      },
      onText: (output: string, text: string) => {
        if (output === this.ports.output) this.change(id, { status: 'running', answer: text, asks: undefined });
      },
      onWaiting: (runId: string, status: ChatRun['status']) => this.wait(id, runId, status, signal),
    };
    runToEnd(this.connected, running, listener, signal).then(
      (result) => this.finish(id, result),
      (error: unknown) => {
        if (signal.aborted) return;
        this.forgetIfGone(error);
        this.fail(id, error);
      },
    );
  }

  /** Shows that the run waits for a person, with its questions if this user may answer them. */
  private wait(id: string, runId: string, status: ChatRun['status'], signal: AbortSignal): void {
    this.change(id, { status: status === 'paused' ? 'paused' : 'waiting' });
    if (status === 'paused') return;
    this.connected.questions?.(runId).then(
      (asks) => {
        const turn = this.store.getState().turns.find((known) => known.id === id);
        if (!signal.aborted && turn?.status === 'waiting' && turn.runId === runId) this.change(id, { asks });
      },
      () => undefined, // this user may not answer
    );
  }

  private finish(id: string, result: ChatRun): void {
    const { status, outputs, error, runId } = result;
    const written = this.store.getState().turns.find((turn) => turn.id === id)?.answer ?? '';
    const { output } = this.ports;
    const answer = Object.hasOwn(outputs, output) ? textOf(outputs[output]) : written;
    this.change(id, {
      runId,
      answer,
      sources: sourcesOf(result),
      given: filesOf(result),
      asks: undefined,
      status: status === 'done' ? 'done' : status === 'cancelled' ? 'stopped' : 'failed',
      ...(status === 'failed' ? { error: error?.message ?? 'The answer failed.' } : {}),
    });
    this.say(status === 'done' ? `The answer: ${answer.slice(0, 1_000)}` : (error?.message ?? 'Stopped.'));
  }

  private fail(id: string, error: unknown): void {
    this.change(id, { status: 'failed', error: messageOf(error) });
    this.say(messageOf(error));
  }

  /** Forgets an erased thread, so that the next message begins a new one. */
  private forgetIfGone(error: unknown): void {
    if (error instanceof ChatError && error.code === 'thread_not_found') this.store.setState({ thread: undefined });
  }

  private questionOf(turn: Turn): Question {
    const { input, files } = this.ports;
    return {
      inputs: { [input]: inputOf(turn, this.store.getState().turns, this.ports) },
      files: files === undefined ? {} : { [files.input]: this.files.get(turn.id) ?? [] },
    };
  }

  private startOf(turn: Turn): Running {
    const { thread = 'new' } = this.store.getState();
    return { question: this.questionOf(turn), name: turn.name, thread };
  }

  private pending(): Turn | undefined {
    return this.store.getState().turns.find(isPending);
  }

  private say(said: string): void {
    this.store.setState({ said });
  }

  private change(id: string, changes: Partial<Turn>): void {
    this.store.setState(({ turns }) => ({
      turns: turns.map((turn) => (turn.id === id ? { ...turn, ...changes } : turn)),
    }));
  }
}
