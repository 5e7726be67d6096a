/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projectHeader } from '@heddle/core';
import { currentProject } from '../access/current-project.js';
import { ApiError, onProjectGone, send, toApiError } from './http.js';
import { noteServerDate, serverNow } from './server-clock.js';

interface Sent {
  readonly path: string;
  readonly init: RequestInit;
}
interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const realFetch = globalThis.fetch;
let sent: Sent[];
let answer: () => Promise<unknown>;
const answerWith = ({ status = 200, body, headers = {} }: Answer): void => {
  const json = (): Promise<unknown> =>
    body === undefined ? Promise.reject(new SyntaxError('Unexpected end of JSON input')) : Promise.resolve(body);
  answer = () =>
    Promise.resolve({ ok: status < 300, status, statusText: 'Words', headers: new Headers({ ...headers }), json });
};
const refused = (code: string, message: string, details?: unknown) => ({
  error: { code, message, retryable: false, ...(details === undefined ? {} : { details }) },
});
const errorOf = (path = '/api/things'): Promise<ApiError> =>
  send(path).then(
    () => Promise.reject(new Error('It was not refused.')),
    (error: unknown) => error as ApiError,
  );

beforeEach(() => {
  sent = [];
  answerWith({ body: {} });
  globalThis.fetch = ((path: string, init: RequestInit) => {
    sent.push({ path, init });
    return answer();
  }) as unknown as typeof fetch;
  currentProject.setState({ id: undefined });
});
afterEach(() => {
  globalThis.fetch = realFetch;
  currentProject.setState({ id: undefined });
  noteServerDate(new Date().toUTCString());
});

describe('a request', () => {
  it('asks for JSON, and has no body and no content type when nothing is sent', async () => {
    await send('/api/things');
    expect(sent).toEqual([
      { path: '/api/things', init: { method: 'GET', headers: { accept: 'application/json' }, signal: undefined } },
    ]);
  });

  it.each([
    ['an object', { a: 1 }, '{"a":1}'],
    ['an empty object', {}, '{}'],
    ['nothing, as null', null, 'null'],
    ['a false', false, 'false'],
  ])('sends %s as JSON', async (_what, body, text) => {
    await send('/api/things', { method: 'POST', body });
    expect(sent[0]?.init).toMatchObject({
      method: 'POST',
      body: text,
      headers: { 'content-type': 'application/json' },
    });
  });

  it('leaves the content type of a form to the browser, which knows its boundary', async () => {
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x.txt');
    await send('/api/files', { method: 'POST', form });
    expect(sent[0]?.init.body).toBe(form);
    expect(Object.keys(sent[0]?.init.headers ?? {})).toEqual(['accept']);
  });

  it('names the project of the tab, and adds its own headers', async () => {
    currentProject.setState({ id: 'shop' });
    await send('/api/things', { headers: { 'if-match': '"3"' } });
    expect(sent[0]?.init.headers).toEqual({ accept: 'application/json', [projectHeader]: 'shop', 'if-match': '"3"' });
  });
});

describe('a refused request', () => {
  it.each([
    [400, 'bad_request', 'It does not fit.'],
    [403, 'forbidden', 'This needs the role editor.'],
    [404, 'workflow_not_found', 'There is no such workflow.'],
    [409, 'conflict', 'Revision 4 is newer.'],
    [429, 'rate_limited', 'Wait a minute.'],
    [500, 'internal', 'It broke.'],
  ])('with %s has the code and the message of the server', async (status, code, message) => {
    answerWith({ status, body: refused(code, message, { at: 1 }) });
    const error = await errorOf();
    expect(error).toBeInstanceOf(ApiError);
    expect([error.status, error.code, error.message, error.details]).toEqual([status, code, message, { at: 1 }]);
    expect(error.isUnreachable).toBe(false);
  });

  it.each([502, 503, 504])('with %s and no error of Heddle means that the server is unreachable', async (status) => {
    answerWith({ status, body: undefined });
    const error = await errorOf();
    expect([error.isUnreachable, error.status]).toEqual([true, status]);
  });

  it('with 503 and an error of Heddle keeps its code and message', async () => {
    answerWith({ status: 503, body: refused('draining', 'It restarts.') });
    expect(await errorOf()).toMatchObject({ code: 'draining', message: 'It restarts.', isUnreachable: false });
  });

  it.each([
    ['no body', undefined],
    ['a page of a proxy', '<html>'],
    ['another shape', { message: 'no' }],
    ['null', null],
  ])('with %s is described by its status', async (_what, body) => {
    answerWith({ status: 418, body });
    expect(await errorOf()).toMatchObject({
      code: 'unexpected',
      message: 'The server returned 418 Words.',
      status: 418,
    });
  });

  it('notifies watchers that the project is gone, until they stop', async () => {
    let gone = 0;
    const stop = onProjectGone(() => (gone += 1));
    answerWith({ status: 404, body: refused('project_not_found', 'It is gone.') });
    await errorOf();
    stop();
    await errorOf();
    expect(gone).toBe(1);
  });
});

describe('a server that does not answer', () => {
  it('is reported as unreachable, without a status', async () => {
    answer = () => Promise.reject(new TypeError('Failed to fetch'));
    expect(await errorOf()).toMatchObject({ code: 'unreachable', status: 0, isUnreachable: true });
  });

  it('is not reported when the request was cancelled', async () => {
    const controller = new AbortController();
    const abort = new DOMException('Aborted', 'AbortError');
    answer = () => {
      controller.abort();
      return Promise.reject(abort);
    };
    await expect(send('/api/things', { signal: controller.signal })).rejects.toBe(abort);
  });
});

describe('a reply', () => {
  it('sets the clock by the date of the server', async () => {
    answerWith({ body: {}, headers: { date: new Date(Date.now() + 3_600_000).toUTCString() } });
    await send('/api/things');
    expect(Math.abs(serverNow() - Date.now() - 3_600_000)).toBeLessThan(5_000);
  });
});

describe('the clock of the server', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  it.each([
    ['the same time', '2026-01-01T12:00:00Z', 0],
    ['a second ahead', '2026-01-01T12:00:01Z', 0],
    ['an hour ahead', '2026-01-01T13:00:00Z', 3_600_500],
    ['an hour behind', '2026-01-01T11:00:00Z', -3_599_500],
  ])('follows a date with %s, unless the difference may be rounding', (_what, date, skew) => {
    noteServerDate(new Date(date).toUTCString(), now);
    expect(serverNow(now) - now).toBe(skew);
  });

  it.each([null, '', 'yesterday'])('stays as it was with the date %p', (header) => {
    noteServerDate(new Date('2026-01-01T13:00:00Z').toUTCString(), now);
    noteServerDate(header, now);
    expect(serverNow(now) - now).toBe(3_600_500);
  });
});

describe('anything thrown', () => {
  it.each([
    [new Error('Broken'), 'Broken'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [42, '42'],
  ])('%p becomes an error to show', (thrown, message) => {
    expect(toApiError(thrown)).toMatchObject({ code: 'unexpected', message, status: 0 });
  });

  it('that is an ApiError already stays the same', () => {
    const error = new ApiError('conflict', 'No.', 409);
    expect(toApiError(error)).toBe(error);
  });
});
