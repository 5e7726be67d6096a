/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { pageText, press, all } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { ApiError } from '../http/http.js';
import { createLiveClient } from '../live/live-client.js';
import { LiveContext } from '../live/live-context.js';
import { createFakeSocket, type FakeSocket } from '../testing/fake-socket.js';
import { useAction, type Action } from './use-action.js';
import { useReloadInterval } from './use-reload-interval.js';
import { useLoaded } from './use-loaded.js';
import { useLoadedAnew } from './use-loaded-anew.js';
import { usePages, type PageSource } from './use-pages.js';
import { isOpenJob, useJobs } from './use-topic.js';
import { useWorkflows } from './use-workflows.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let socket: FakeSocket;
let workflows: unknown;
beforeEach(() => {
  socket = createFakeSocket();
  page = openFakePage((_method, path) => (path === '/api/workflows' ? workflows : undefined));
});
afterEach(() => page.leave());
const show = (element: ReactElement): Promise<void> => {
  const live = createLiveClient(socket);
  return act(async () => page.root.render(<LiveContext value={live}>{element}</LiveContext>));
};

/** A load function whose promises the test settles. */
function createLoad<Value>() {
  const calls: { signal: AbortSignal; resolve: (value: Value) => void; reject: (error: unknown) => void }[] = [];
  const load = (signal: AbortSignal): Promise<Value> =>
    new Promise((resolve, reject) => calls.push({ signal, resolve, reject }));
  return { calls, load };
}

describe('loaded data', () => {
  function Shown({ load }: { readonly load: (signal: AbortSignal) => Promise<string> }): ReactElement {
    const { value, error, again } = useLoaded(load);
    return <button onClick={again}>{`${value ?? 'nothing'} ${error?.message ?? 'fine'}`}</button>;
  }

  it('is shown when it arrives, and loaded again on request', async () => {
    const { calls, load } = createLoad<string>();
    await show(<Shown load={load} />);
    expect(pageText()).toBe('nothing fine');
    await act(async () => calls[0]?.resolve('one'));
    expect(pageText()).toBe('one fine');
    await press(all('button')[0] as HTMLElement);
    await act(async () => calls[1]?.resolve('two'));
    expect([pageText(), calls.length]).toEqual(['two fine', 2]);
  });

  it('stays when a reload fails, and the error goes with the next success', async () => {
    const { calls, load } = createLoad<string>();
    await show(<Shown load={load} />);
    await act(async () => calls[0]?.resolve('one'));
    await press(all('button')[0] as HTMLElement);
    await act(async () => calls[1]?.reject(new ApiError('forbidden', 'not for you', 403)));
    expect(pageText()).toBe('one not for you');
    await press(all('button')[0] as HTMLElement);
    await act(async () => calls[2]?.resolve('two'));
    expect(pageText()).toBe('two fine');
  });

  it('is loaded again when the connection comes back, not when it is lost', async () => {
    const { calls, load } = createLoad<string>();
    await show(<Shown load={load} />);
    await act(async () => socket.connect());
    expect(calls).toHaveLength(2);
    await act(async () => socket.disconnect());
    expect(calls).toHaveLength(2);
    await act(async () => socket.connect());
    expect(calls).toHaveLength(3);
  });

  it('ignores a reply that arrives after a newer request', async () => {
    const { calls, load } = createLoad<string>();
    await show(<Shown load={load} />);
    await press(all('button')[0] as HTMLElement);
    expect(calls[0]?.signal.aborted).toBe(true);
    await act(async () => calls[1]?.resolve('new'));
    await act(async () => calls[0]?.resolve('old'));
    expect(pageText()).toBe('new fine');
  });

  it('is cancelled when the page is left', async () => {
    const { calls, load } = createLoad<string>();
    await show(<Shown load={load} />);
    await show(<p>Other</p>);
    expect(calls[0]?.signal.aborted).toBe(true);
    await act(async () => calls[0]?.reject(new Error('aborted')));
    expect(pageText()).toBe('Other');
  });

  function Anew({ load, news }: { readonly load: () => Promise<string>; readonly news: number }): ReactElement {
    return <p>{useLoadedAnew(load, news).value}</p>;
  }

  it('is loaded again when its news number changes, and only then', async () => {
    const { calls, load } = createLoad<string>();
    const once = (): Promise<string> => load(new AbortController().signal);
    const live = createLiveClient(socket);
    const draw = (news: number): Promise<void> =>
      act(async () =>
        page.root.render(
          <LiveContext value={live}>
            <Anew load={once} news={news} />
          </LiveContext>,
        ),
      );
    await draw(1);
    await draw(1);
    expect(calls).toHaveLength(1);
    await draw(2);
    expect(calls).toHaveLength(2);
  });
});

describe('an action', () => {
  let action: Action;
  function Shown(): ReactElement {
    action = useAction();
    return <p>{`${action.isBusy ? 'busy' : 'idle'} ${action.error?.code ?? 'fine'}`}</p>;
  }

  it('is busy until it ends, and keeps its error until the next one begins', async () => {
    await show(<Shown />);
    let fail = (_error: unknown): void => undefined;
    await act(async () => action.run(() => new Promise<void>((_resolve, reject) => (fail = reject))));
    expect(pageText()).toBe('busy fine');
    await act(async () => fail(new ApiError('conflict', 'No.', 409)));
    expect(pageText()).toBe('idle conflict');
    let end = (): void => undefined;
    await act(async () => action.run(() => new Promise<void>((resolve) => (end = resolve))));
    expect(pageText()).toBe('busy fine');
    await act(async () => end());
    expect(pageText()).toBe('idle fine');
  });

  it('that throws an unexpected error shows it', async () => {
    await show(<Shown />);
    await act(async () => action.run(() => Promise.reject(new TypeError('odd'))));
    expect(pageText()).toBe('idle unexpected');
  });
});

describe('a list in pages', () => {
  interface Names {
    readonly names: readonly string[];
    readonly next?: string | undefined;
  }
  const reads: { readonly filter: string; readonly after: string | undefined }[] = [];
  let replies: Map<string, Names | ApiError>;
  const source: PageSource<string, Names> = {
    read: async (filter, after) => {
      reads.push({ filter, after });
      const reply = replies.get(`${filter} ${after ?? 'first'}`);
      if (reply instanceof ApiError || reply === undefined) throw reply ?? new Error('no reply');
      return reply;
    },
    join: (before, further) => ({ names: [...before.names, ...further.names], next: further.next }),
  };
  beforeEach(() => {
    reads.length = 0;
    replies = new Map<string, Names | ApiError>([
      ['all first', { names: ['a', 'b'], next: '2' }],
      ['all 2', { names: ['c'] }],
      ['failed first', { names: ['x'] }],
    ]);
  });

  function Shown({ filter }: { readonly filter: string }): ReactElement {
    const pages = usePages(source, filter);
    return (
      <>
        <p>{pages.value?.names.join(',') ?? pages.error?.message ?? 'loading'}</p>
        {pages.hasMore ? <button onClick={pages.more}>more</button> : null}
        <span>{pages.error?.code}</span>
      </>
    );
  }
  const shown = (): string => all('p')[0]?.textContent ?? '';

  it('appends the next page, and offers no more after the last one', async () => {
    await show(<Shown filter="all" />);
    expect(shown()).toBe('a,b');
    await press(all('button')[0] as HTMLElement);
    expect([shown(), all('button')]).toEqual(['a,b,c', []]);
    expect(reads).toEqual([
      { filter: 'all', after: undefined },
      { filter: 'all', after: '2' },
    ]);
  });

  it('starts again with another filter', async () => {
    const live = createLiveClient(socket);
    const draw = (filter: string): Promise<void> =>
      act(async () =>
        page.root.render(
          <LiveContext value={live}>
            <Shown filter={filter} />
          </LiveContext>,
        ),
      );
    await draw('all');
    await press(all('button')[0] as HTMLElement);
    await draw('failed');
    expect(shown()).toBe('x');
    await draw('all');
    expect(shown()).toBe('a,b');
  });

  it('keeps its pages when the next one fails, and can load that one again', async () => {
    replies.set('all 2', new ApiError('unreachable', 'Away.', 0));
    await show(<Shown filter="all" />);
    await press(all('button')[0] as HTMLElement);
    expect([shown(), all('span')[0]?.textContent]).toEqual(['a,b', 'unreachable']);
    replies.set('all 2', { names: ['c'] });
    await press(all('button')[0] as HTMLElement);
    expect(shown()).toBe('a,b,c');
  });

  it('shows the error when the first page fails, and loads it after a reconnect', async () => {
    replies.set('all first', new ApiError('unreachable', 'Away.', 0));
    await show(<Shown filter="all" />);
    expect(shown()).toBe('Away.');
    replies.set('all first', { names: ['a'] });
    await act(async () => socket.connect());
    expect([shown(), all('span')[0]?.textContent]).toEqual(['a', '']);
  });
});

describe('data without live updates', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());
  function Shown({ again }: { readonly again: () => void }): ReactElement {
    useReloadInterval(again, 1000);
    return <p>Data</p>;
  }

  it('is loaded again at its interval while the page is visible, until the page is left', async () => {
    const again = jest.fn();
    await show(<Shown again={again} />);
    jest.advanceTimersByTime(3000);
    expect(again).toHaveBeenCalledTimes(3);
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    jest.advanceTimersByTime(3000);
    expect(again).toHaveBeenCalledTimes(3);
    Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
    await show(<p>Other</p>);
    jest.advanceTimersByTime(3000);
    expect(again).toHaveBeenCalledTimes(3);
  });
});

describe('jobs', () => {
  const job = (jobId: string, createdAt: number, status = 'running') => ({
    jobId,
    kind: 'ingest',
    subject: 'faq',
    status,
    createdAt,
    progress: {},
  });
  function Shown(): ReactElement {
    return (
      <p>
        {useJobs()
          .map((one) => `${one.jobId}${isOpenJob(one) ? '*' : ''}`)
          .join(',')}
      </p>
    );
  }

  it('are shown newest first with their newest state, and malformed ones are dropped', async () => {
    socket.connect();
    await show(<Shown />);
    expect(socket.requests.at(-1)?.topic).toBe('jobs');
    await act(async () => socket.send('jobs', [job('a', 1), job('b', 2)]));
    expect(pageText()).toBe('b*,a*');
    await act(async () => socket.send('jobs', [job('b', 2, 'done')]));
    await act(async () => socket.send('jobs', [{ nothing: true }]));
    expect(pageText()).toBe('b,a*');
  });
});

describe('the workflows of a project', () => {
  function Shown(): ReactElement {
    const { choices, nameOf } = useWorkflows();
    return <p>{`${choices.map(([id, name]) => `${id}=${name}`).join('; ')} | ${nameOf('w1')} | ${nameOf('gone')}`}</p>;
  }

  it('are distinguished by their slug when they share a name, and named by their id when they are gone', async () => {
    const summary = (id: string, slug: string, name: string) => ({ id, slug, name, nodes: 1, issues: 0, updatedAt: 1 });
    workflows = {
      workflows: [summary('w1', 'orders', 'Orders'), summary('w2', 'orders-2', 'Orders'), summary('w3', 'x', 'X')],
    };
    await show(<Shown />);
    expect(pageText()).toBe('w1=Orders (orders); w2=Orders (orders-2); w3=X | Orders | gone');
  });

  it('are named by their ids while the list cannot be read', async () => {
    workflows = undefined;
    await show(<Shown />);
    expect(pageText()).toBe(' | w1 | gone');
  });
});
