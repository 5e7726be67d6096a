import type { SharedChat, SharedPage, SharedRun } from '@heddle/core';
import { createClient, type Question } from './client.js';
import { createComposer } from './composer.js';
import { h, icon } from './dom.js';
import { createKeeper, emptyConversation, newId, type Kept, type Turn } from './kept.js';
import { filesOf, sourcesOf, textOf } from './read-outputs.js';
import { runToEnd, type Running } from './run-to-end.js';
import { ShareError, wordsOf } from './share-error.js';
import { createTurnView } from './turn-view.js';

/** Turns that are sent along where the workflow has no memory of its own. */
const mostHistory = 50;

/** A conversation with a shared workflow. */
export function createChat(token: string, page: SharedPage, chat: SharedChat) {
  const keeper = createKeeper(token);
  let kept: Kept = keeper.read();
  let client = createClient(token, kept.session);
  let listening = new AbortController();
  const views = new Map<string, ReturnType<typeof createTurnView>>();
  const files = new Map<string, readonly File[]>();

  const log = h('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': 'Conversation' });
  const status = h('p', { class: 'hidden', role: 'status' });
  const start = h('div', { class: 'start' });
  const scroller = h('div', { class: 'scroller', tabindex: -1 }, h('div', { class: 'column' }, start, log));
  const composer = createComposer({
    files: chat.files,
    maxFileBytes: page.maxFileBytes,
    onAsk: (text, chosen) => ask(text, chosen),
    onStop: stop,
  });
  const fresh = h(
    'button',
    { type: 'button', class: 'fresh', title: 'New conversation', on: { click: begin } },
    icon('fresh'),
    h('span', {}, 'New conversation'),
  );
  const note = h('p', { class: 'quiet note-line' }, 'Answers are written by an AI system and can be wrong.');
  const below = h('div', { class: 'below' }, h('div', { class: 'column' }, composer.element, note));

  const runningTurn = (): Turn | undefined =>
    kept.turns.find(({ status: state }) => /running|waiting|paused/.test(state));

  function set(next: Kept): void {
    kept = next;
    keeper.write(kept);
  }

  function change(id: string, changes: Partial<Turn>): void {
    set({ ...kept, turns: kept.turns.map((turn) => (turn.id === id ? { ...turn, ...changes } : turn)) });
    const turn = kept.turns.find((known) => known.id === id);
    const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    if (turn !== undefined) views.get(id)?.update(turn);
    if (isAtEnd) requestAnimationFrame(() => scroller.scrollTo({ top: scroller.scrollHeight }));
    composer.setBusy(runningTurn() !== undefined);
  }

  function show(turn: Turn): void {
    const view = createTurnView(turn, {
      again: (known) => again(known.id),
      rate: (known, thumb) => rate(known, thumb),
      file: (known, id) => client.file(known.runId ?? '', id),
    });
    views.forEach((other) => other.setLast(false));
    views.set(turn.id, view);
    log.append(view.element);
    start.hidden = true;
    fresh.hidden = false;
  }

  function ask(text: string, chosen: readonly File[]): void {
    if (runningTurn() !== undefined) return;
    const turn = asked(
      newId(),
      text,
      chosen.map(({ name }) => name),
    );
    files.set(turn.id, chosen);
    set({ ...kept, turns: [...kept.turns, turn] });
    show(turn);
    scroller.scrollTo({ top: scroller.scrollHeight });
    run(turn.id, { question: questionOf(turn), name: turn.name });
  }

  function again(id: string): void {
    const before = kept.turns.find((turn) => turn.id === id);
    if (before === undefined || runningTurn() !== undefined) return;
    const turn = asked(id, before.question, before.files);
    set({ ...kept, turns: kept.turns.map((known) => (known.id === id ? turn : known)) });
    views.get(id)?.update(turn);
    run(id, { question: questionOf(turn), name: turn.name });
  }

  /** The inputs of a question; where the workflow takes messages and has no memory, the earlier turns are included. */
  function questionOf(turn: Turn): Question {
    const before = kept.turns.slice(
      0,
      Math.max(
        0,
        kept.turns.findIndex(({ id }) => id === turn.id),
      ),
    );
    const said = before
      .filter(({ status: state, answer }) => state === 'done' && answer !== '')
      .slice(-mostHistory)
      .flatMap(({ question, answer }) => [
        { role: 'user', content: question },
        { role: 'assistant', content: answer },
      ]);
    const message = { role: 'user', content: turn.question };
    const value = chat.takes === 'text' ? turn.question : chat.hasMemory ? [message] : [...said, message];
    const chosen = files.get(turn.id) ?? [];
    return {
      inputs: { [chat.input]: value },
      files: chat.files === undefined ? {} : { [chat.files.input]: chosen },
    };
  }

  function run(id: string, running: Running): void {
    const { signal } = listening;
    composer.setBusy(true);
    status.textContent = 'The answer is streaming.';
    const listener = {
      onRun: (runId: string) => change(id, { runId }),
      onText: (output: string, text: string) => {
        if (output === chat.output) change(id, { status: 'running', answer: text });
      },
      onWaiting: (state: SharedRun['status']) => change(id, { status: state === 'paused' ? 'paused' : 'waiting' }),
    };
    runToEnd(client, running, listener, signal).then(
      (result) => finish(id, result),
      (error: unknown) => {
        if (!signal.aborted) fail(id, error);
      },
    );
  }

  function finish(id: string, result: SharedRun): void {
    const { status: state, outputs, error, runId } = result;
    const written = kept.turns.find((turn) => turn.id === id)?.answer ?? '';
    const answer = Object.hasOwn(outputs, chat.output) ? textOf(outputs[chat.output]) : written;
    change(id, {
      ...{ runId, answer, sources: sourcesOf(result), given: filesOf(result) },
      status: state === 'done' ? 'done' : state === 'cancelled' ? 'stopped' : 'failed',
      ...(state === 'failed' ? { error: error?.message ?? 'The answer failed.' } : {}),
    });
    status.textContent = state === 'done' ? `The answer: ${answer.slice(0, 1_000)}` : (error?.message ?? 'Stopped.');
  }

  function fail(id: string, error: unknown): void {
    change(id, { status: 'failed', error: wordsOf(error) });
    status.textContent = wordsOf(error);
  }

  function stop(): void {
    const turn = runningTurn();
    if (turn?.runId === undefined) return;
    client.cancel(turn.runId).catch((error: unknown) => fail(turn.id, error));
  }

  function rate(turn: Turn, thumb: 'up' | 'down'): void {
    if (turn.runId === undefined || turn.thumb === thumb) return;
    client.feedback(turn.runId, thumb).then(
      () => {
        change(turn.id, { thumb });
        status.textContent = 'Thank you.';
      },
      (error: unknown) => {
        // An answer without a model cannot be rated: this is no error for the reader.
        status.textContent =
          error instanceof ShareError && error.code === 'bad_request' ? 'Thank you.' : wordsOf(error);
      },
    );
  }

  function begin(): void {
    listening.abort();
    listening = new AbortController();
    const turn = runningTurn();
    if (turn?.runId !== undefined) client.cancel(turn.runId).catch(() => undefined); // it ends by itself then
    set(emptyConversation());
    client = createClient(token, kept.session);
    views.clear();
    files.clear();
    log.replaceChildren();
    composer.setBusy(false);
    open();
    composer.focus();
  }

  function open(): void {
    start.hidden = kept.turns.length > 0;
    fresh.hidden = kept.turns.length === 0;
    for (const turn of kept.turns) show(turn);
    const running = runningTurn();
    if (running === undefined) return;
    if (running.runId !== undefined) run(running.id, { runId: running.runId });
    // The same message id gives the same run, in case the server already started it.
    else if (running.files.length === 0) run(running.id, { question: questionOf(running), name: running.name });
    else change(running.id, { status: 'failed', error: 'The page was closed before the files were uploaded.' });
  }

  const examples = page.examples.map((example) =>
    h('li', {}, h('button', { type: 'button', class: 'example', on: { click: () => composer.ask(example) } }, example)),
  );
  const greeting = page.greeting === undefined || page.greeting === '' ? 'Write a message to start.' : page.greeting;
  start.append(h('p', { class: 'greeting' }, greeting));
  if (examples.length > 0) start.append(h('ul', { class: 'examples', 'aria-label': 'Examples' }, ...examples));
  open();
  return { main: [scroller, below, status], actions: [fresh], focus: () => composer.focus() };
}

const asked = (id: string, question: string, files: readonly string[]): Turn => ({
  ...{ id, question, files, name: newId() },
  ...{ status: 'running', answer: '', sources: [], given: [] },
});
