import type { SharedPage, SharedRun } from '@heddle/core';
import { createClient, type Question } from './client.js';
import { h } from './dom.js';
import { createField, type FormField } from './form-field.js';
import { createFormKeeper, newId } from './kept.js';
import { outputViews } from './output-view.js';
import { runToEnd, type Running } from './run-to-end.js';
import { ShareError, wordsOf } from './share-error.js';

/** A form that runs a shared workflow and shows the result. */
export function createForm(token: string, page: SharedPage) {
  const keeper = createFormKeeper(token);
  const { session, runId: begun } = keeper.read();
  const client = createClient(token, session);
  let runId: string | undefined;
  let isBusy = false;
  const fields = page.inputs.map((input) => createField(input, page.maxFileBytes));
  const button = h('button', { type: 'submit', class: 'button primary' }, 'Run');
  const wrong = h('p', { class: 'problem', role: 'alert', hidden: true });
  const status = h('p', { class: 'state', role: 'status', hidden: true });
  const result = h('section', { class: 'result', 'aria-label': 'Result', hidden: true });
  const note = h('p', { class: 'quiet note-line' }, 'Results are made by an AI system and can be wrong.');

  const say = (words: string): void => {
    status.textContent = words;
    status.hidden = words === '';
  };
  const fail = (words: string): void => {
    wrong.textContent = words;
    wrong.hidden = words === '';
  };
  const setBusy = (busy: boolean): void => {
    isBusy = busy;
    button.textContent = busy ? 'Stop' : 'Run';
    result.setAttribute('aria-busy', String(busy));
  };

  /** The form's values; undefined where a field is invalid, and the first of those gets the focus. */
  function read(): Question | undefined {
    const inputs: Record<string, unknown> = Object.create(null) as Record<string, unknown>; // names can be any text
    const files: Record<string, readonly File[]> = Object.create(null) as Record<string, readonly File[]>;
    const bad: FormField[] = [];
    for (const field of fields) {
      const value = field.read();
      field.say(value.kind === 'problem' ? value.words : '');
      if (value.kind === 'problem') bad.push(field);
      else if (value.kind === 'value') inputs[field.name] = value.value;
      else if (value.kind === 'files') files[field.name] = value.files;
    }
    bad[0]?.focus();
    return bad.length === 0 ? { inputs, files } : undefined;
  }

  function show(run: SharedRun): void {
    result.hidden = false;
    result.replaceChildren(...outputViews(page.outputs, run, (id) => client.file(run.runId, id)));
  }

  async function run(running: Running): Promise<void> {
    setBusy(true);
    fail('');
    say('Running…');
    result.replaceChildren();
    result.hidden = true;
    runId = 'runId' in running ? running.runId : undefined;
    const texts = new Map<string, string>();
    const { signal } = new AbortController(); // there is no other way to leave the form than to leave its page
    try {
      const listener = {
        onRun: (id: string) => {
          runId = id;
          keeper.write({ session, runId: id });
        },
        onText: (output: string, text: string) => {
          texts.set(output, text);
          show({ runId: runId ?? '', status: 'running', outputs: Object.fromEntries(texts) });
        },
        onWaiting: (state: SharedRun['status']) =>
          say(
            state === 'paused'
              ? 'Paused. It continues automatically later.'
              : 'Waiting for a person. It continues automatically after the decision.',
          ),
      };
      const ended = await runToEnd(client, running, listener, signal);
      if (Object.keys(ended.outputs).length > 0) show(ended);
      // A long form ends below the window, so the result would not be visible.
      if (!result.hidden) result.scrollIntoView({ block: 'nearest' });
      say(ended.status === 'done' ? 'Done.' : ended.status === 'cancelled' ? 'Stopped.' : '');
      if (ended.status === 'failed')
        fail(ended.error?.message ?? 'It failed. Try again, or ask the person who gave you this page.');
    } catch (error) {
      say('');
      // A run from before this page load that no longer exists is of no interest here.
      if ('question' in running || !(error instanceof ShareError)) refuse(error);
    } finally {
      keeper.write({ session });
      setBusy(false);
    }
  }

  function refuse(error: unknown): void {
    const field = error instanceof ShareError ? fields.find(({ name }) => name === error.field) : undefined;
    if (field === undefined) {
      fail(wordsOf(error));
      return;
    }
    field.say(wordsOf(error));
    field.focus();
  }

  const submit = (event: Event): void => {
    event.preventDefault();
    if (isBusy) {
      if (runId !== undefined) client.cancel(runId).catch((error: unknown) => fail(wordsOf(error)));
      return;
    }
    const question = read();
    if (question !== undefined) void run({ question, name: newId() });
  };
  const greeting =
    page.greeting === undefined || page.greeting === '' ? undefined : h('p', { class: 'greeting' }, page.greeting);
  const form = h(
    'form',
    { class: 'form', novalidate: true, on: { submit } },
    greeting,
    ...fields.map(({ element }) => element),
    h('div', { class: 'form-end' }, button, status),
    wrong,
  );
  const column = h('div', { class: 'column' }, form, result, note);
  if (begun !== undefined) void run({ runId: begun });
  return {
    main: [h('div', { class: 'scroller', tabindex: -1 }, column)],
    actions: [],
    focus: () => fields[0]?.focus(),
  };
}
