/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fillForm, readForm, readJson } from './read-form.js';
import { createReplyView } from './show-reply.js';
import { enableTrying } from './try-it.js';

const page = `
<section>
  <form data-call="/v1/workflows/letters">
    <fieldset disabled>
      <input type="radio" name="as" value="form" checked /><input type="radio" name="as" value="json" />
      <div data-part="form">
        <textarea id="in-question" data-input="question" data-as="text" data-needed></textarea><span id="in-question-error"></span>
        <input id="in-most" data-input="most" data-as="number" /><span id="in-most-error"></span>
        <textarea id="in-facts" data-input="facts" data-as="json"></textarea><span id="in-facts-error"></span>
      </div>
      <label data-part="json" hidden><textarea name="json"></textarea><span id="json-error"></span></label>
      <input name="key" type="password" />
      <select name="way"><option value="stream"></option><option value="plain"></option><option value="async"></option></select>
      <input name="heddle-version" /><input name="idempotency-key" /><input name="heddle-timeout" />
      <button type="submit">Send</button><button type="button" data-stop hidden>Stop</button>
    </fieldset>
  </form>
  <section class="reply" hidden>
    <p data-status></p><dl data-headers></dl><div data-texts></div><ol data-events></ol><pre data-body hidden></pre>
  </section>
</section>`;

const form = (): HTMLFormElement => document.querySelector('form') ?? document.createElement('form');
const set = (selector: string, value: string): void => {
  const field = document.querySelector<HTMLInputElement>(selector);
  if (field !== null) field.value = value;
};
const textOf = (selector: string): string => document.querySelector(selector)?.textContent ?? '';

beforeEach(() => {
  document.body.innerHTML = page;
  Element.prototype.scrollIntoView = () => undefined;
});

describe('the form', () => {
  it('is read by the types of its inputs, and says what is wrong', () => {
    set('[data-input=most]', 'many');
    set('[data-input=facts]', '{bad');
    expect(readForm(form()).errors).toEqual({
      question: 'A value is required.',
      most: 'Enter a number, such as 3 or 0.5.',
      facts: expect.stringContaining('JSON'),
    });
    set('[data-input=question]', 'why');
    set('[data-input=most]', '3');
    set('[data-input=facts]', '');
    expect(readForm(form())).toEqual({ values: { question: 'why', most: 3 }, files: [], errors: {} });
  });

  it('is filled from JSON, which must be an object', () => {
    fillForm(form(), { question: 'x', facts: { a: 1 } });
    expect(readForm(form()).values).toEqual({ question: 'x', facts: { a: 1 } });
    expect(readJson('[1]')).toHaveProperty('error');
    expect(readJson('{"a":1}')).toEqual({ value: { a: 1 } });
  });
});

describe('a reply', () => {
  it('is shown as text, whatever it contains', () => {
    const view = createReplyView(document.querySelector<HTMLElement>('.reply') ?? document.body);
    const hostile = '<img src=x onerror=alert(1)>';
    view.onHead(200, 'OK', [['heddle-version', hostile]]);
    view.onEvent({ event: 'delta', data: { output: 'answer', offset: 0, text: 'On the 24th' } });
    view.onEvent({ event: 'delta', data: { output: 'answer', offset: 7, text: hostile } });
    view.onEvent({ event: 'result', data: { outputs: { answer: hostile } } });
    expect(textOf('.text')).toBe(`On the ${hostile}`);
    expect(textOf('[data-body]')).toContain(hostile);
    expect(document.querySelector('img')).toBeNull();
    expect(document.querySelectorAll('[data-events] li')).toHaveLength(3);
  });
});

describe('a call', () => {
  const calls: [string, RequestInit][] = [];
  const before = globalThis.fetch;
  beforeEach(() => {
    calls.length = 0;
    globalThis.fetch = jest.fn((address: unknown, init?: RequestInit) => {
      calls.push([String(address), init ?? {}]);
      const headers = new Map([
        ['content-type', 'application/json'],
        ['location', '/v1/runs/r'],
      ]);
      return Promise.resolve({
        status: 200,
        statusText: 'OK',
        headers: { get: (name: string) => headers.get(name) ?? null },
        text: () => Promise.resolve('{"runId":"r"}'),
      });
    }) as unknown as typeof fetch;
    enableTrying(form());
  });
  afterEach(() => {
    globalThis.fetch = before;
  });
  const submit = async (): Promise<void> => {
    form().dispatchEvent(new Event('submit', { cancelable: true }));
    while (textOf('[data-status]') === 'Waiting for the reply…') await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
  };

  it('sends the key, the headers and the inputs of the form, and no cookie beside a key', async () => {
    set('[data-input=question]', 'why');
    set('input[name=key]', 'hk_secret');
    set('select[name=way]', 'async');
    set('input[name=idempotency-key]', 'k1');
    await submit();
    expect(calls).toMatchObject([
      [
        '/v1/workflows/letters',
        {
          method: 'POST',
          credentials: 'omit',
          body: '{"question":"why"}',
          headers: { authorization: 'Bearer hk_secret', prefer: 'respond-async', 'idempotency-key': 'k1' },
        },
      ],
    ]);
    expect(textOf('[data-status]')).toBe('200 OK');
    expect(textOf('[data-headers]')).toContain('/v1/runs/r');
    expect(JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])).not.toContain('hk_secret');
  });

  it('is not sent while a required input is empty', async () => {
    await submit();
    expect(calls).toEqual([]);
    expect(textOf('#in-question-error')).toBe('A value is required.');
  });
});
