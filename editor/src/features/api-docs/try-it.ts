import { sendCall, type Call } from './call.js';
import { fieldsOf, fillForm, readForm, readJson, type FormInputs } from './read-form.js';
import { createReplyView } from './show-reply.js';

/** Makes the form call the workflow. The key is read for each call and not stored. */
export function enableTrying(form: HTMLFormElement): void {
  const section = form.parentElement?.querySelector<HTMLElement>('.reply');
  const fieldset = form.querySelector('fieldset');
  const send = form.querySelector<HTMLButtonElement>('button[type=submit]');
  const stop = form.querySelector<HTMLButtonElement>('[data-stop]');
  if (section === null || section === undefined || fieldset === null || send === null || stop === null) return;
  const view = createReplyView(section);
  let running: AbortController | undefined;
  fieldset.disabled = false;
  for (const radio of form.querySelectorAll<HTMLInputElement>('input[name=as]'))
    radio.addEventListener('change', () => switchTo(form, radio.value));
  stop.addEventListener('click', () => running?.abort());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (running !== undefined) return;
    const inputs = chosen(form, 'as') === 'json' ? readWritten(form) : readForm(form);
    showErrors(form, inputs.errors);
    if (Object.keys(inputs.errors).length > 0) return;
    const controller = new AbortController();
    running = controller;
    send.disabled = true;
    stop.hidden = false;
    view.clear();
    view.say('Waiting for the reply…');
    section.scrollIntoView({ block: 'nearest' });
    void sendCall(callOf(form, inputs, controller.signal), view)
      .catch((reason: unknown) => {
        if (controller.signal.aborted) view.say('You stopped waiting. The run may continue.');
        else view.say(reason instanceof Error ? reason.message : String(reason), true);
      })
      .finally(() => {
        running = undefined;
        send.disabled = false;
        stop.hidden = true;
      });
  });
}

function callOf(form: HTMLFormElement, { values, files }: FormInputs, signal: AbortSignal): Call {
  const headers = Object.fromEntries(
    ['heddle-version', 'idempotency-key', 'heddle-timeout'].flatMap((name) => {
      const value = chosen(form, name).trim();
      return value === '' ? [] : [[name, value]];
    }),
  );
  const way = chosen(form, 'way');
  return {
    address: form.dataset['call'] ?? '',
    values,
    files,
    key: chosen(form, 'key').trim(),
    way: way === 'plain' || way === 'async' ? way : 'stream',
    headers,
    signal,
  };
}

/** Switches between fields and JSON and transfers the entered values. */
function switchTo(form: HTMLFormElement, as: string): void {
  const json = form.querySelector<HTMLTextAreaElement>('textarea[name=json]');
  if (json === null) return;
  if (as === 'json') json.value = JSON.stringify(readForm(form).values, null, 2);
  else {
    const read = readJson(json.value);
    if ('value' in read) fillForm(form, read.value);
  }
  for (const part of form.querySelectorAll<HTMLElement>('[data-part]')) part.hidden = part.dataset['part'] !== as;
  showErrors(form, {});
}

function readWritten(form: HTMLFormElement): FormInputs {
  const read = readJson(chosen(form, 'json'));
  return 'error' in read
    ? { values: {}, files: [], errors: { json: read.error } }
    : { values: read.value, files: [], errors: {} };
}

function showErrors(form: HTMLFormElement, errors: Readonly<Record<string, string>>): void {
  let first: HTMLElement | undefined;
  const json = form.querySelector<HTMLTextAreaElement>('textarea[name=json]');
  for (const field of [...fieldsOf(form), ...(json === null ? [] : [json])]) {
    const name = field.dataset['input'] ?? 'json';
    const error = Object.hasOwn(errors, name) ? errors[name] : undefined;
    const element = document.getElementById(field === json ? 'json-error' : `in-${name}-error`);
    if (element !== null) element.textContent = error ?? '';
    field.setAttribute('aria-invalid', String(error !== undefined));
    if (error !== undefined) first ??= field;
  }
  first?.focus();
}

/** The value of a named form field. */
function chosen(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}
