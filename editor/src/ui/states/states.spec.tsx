/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { MeReply } from '@heddle/core';
import { Inbox } from 'lucide-react';
import { act, type ReactElement } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { projectStore } from '../../data/access/project-store.js';
import { ApiError } from '../../data/http/http.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { LiveContext } from '../../data/live/live-context.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { all, one, pageText, pressButton, texts } from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { Allowed } from './Allowed.js';
import { EmptyState } from './EmptyState.js';
import { FixText } from './FixText.js';
import { IfMay } from './IfMay.js';
import { Notice } from './Notice.js';
import { NotThere } from './NotThere.js';
import { Progress } from './Progress.js';
import { Section } from './Section.js';
import { WhenLoaded } from './WhenLoaded.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
  projectStore.setState({ projects: undefined });
});
const show = (element: ReactElement): Promise<void> => act(async () => page.root.render(element));

describe('the notice of a failed request', () => {
  it.each([
    ['the server is unreachable', new ApiError('unreachable', 'It does not answer.', 0), 'No connection to Heddle'],
    ['the code is not known', new ApiError('new_code', 'Something new.', 418), 'Something went wrong'],
    ['the error is no reply', new ApiError('unexpected', 'TypeError', 0), 'Something went wrong'],
  ])('has a title when %s', async (_what, error, title) => {
    await show(<Notice error={error} />);
    expect(texts('.failure-title')).toEqual([title]);
    expect(one('[role=alert]').textContent).toContain(error.message);
    expect(all('button')).toEqual([]);
  });

  it('has its own title for a known code, which a page can replace', async () => {
    const error = new ApiError('conflict', 'Revision 3 is newer.', 409);
    await show(<Notice error={error} />);
    expect(texts('.failure-title')[0]).not.toBe('Something went wrong');
    await show(<Notice error={error} titles={{ conflict: 'Someone else saved this' }} />);
    expect(texts('.failure-title')).toEqual(['Someone else saved this']);
  });

  it('shows markup in a message as text', async () => {
    await show(<Notice error={new ApiError('unexpected', '<img src=x onerror=alert(1)>', 500)} />);
    expect(pageText()).toContain('<img src=x onerror=alert(1)>');
    expect(all('img')).toEqual([]);
  });

  it('offers its action', async () => {
    const run = jest.fn();
    await show(<Notice error={new ApiError('conflict', 'No.', 409)} action={{ name: 'Load again', run }} />);
    await pressButton('Load again');
    expect(run).toHaveBeenCalledTimes(1);
  });
});

describe('an empty state', () => {
  it('has a picture that is not read out, a sentence, an action and an example', async () => {
    await show(
      <WhenLoaded
        loaded={{ value: [], error: undefined, again: () => undefined }}
        empty={
          <EmptyState Icon={Inbox} action={<button type="button">Add one</button>} example={<a href="/x">Example</a>}>
            Nothing yet. A list of things.
          </EmptyState>
        }
      >
        {() => 'things'}
      </WhenLoaded>,
    );
    expect(one('.empty-state > svg').getAttribute('aria-hidden')).toBe('true');
    expect([texts('.empty-state p'), texts('.empty-actions > *')]).toEqual([
      ['Nothing yet. A list of things.'],
      ['Add one', 'Example'],
    ]);
  });

  it('has no row of actions when there are none', async () => {
    await show(<EmptyState Icon={Inbox}>Nothing yet.</EmptyState>);
    expect(pageText()).toBe('Nothing yet.');
    expect(document.querySelector('.empty-actions')).toBeNull();
  });
});

describe('loaded data', () => {
  const again = jest.fn();
  const draw = (value: readonly number[]): string => `sum ${value.reduce((sum, one) => sum + one, 0)}`;
  const error = new ApiError('forbidden', 'Not for you.', 403);
  it.each([
    ['is waited for', undefined, undefined, 'Wait'],
    ['is drawn', [1, 2], undefined, 'sum 3'],
    ['is empty', [], undefined, 'Nothing here.'],
  ])('%s', async (_what, value, failure, shown) => {
    await show(
      <WhenLoaded loaded={{ value, error: failure, again }} text="Wait" empty="Nothing here.">
        {draw}
      </WhenLoaded>,
    );
    expect(pageText()).toBe(shown);
  });

  it('is drawn as a value when it is empty and has no empty state', async () => {
    await show(<WhenLoaded loaded={{ value: [], error: undefined, again }}>{draw}</WhenLoaded>);
    expect(pageText()).toBe('sum 0');
  });

  it('stays below the error of a reload', async () => {
    await show(<WhenLoaded loaded={{ value: [4], error, again }}>{draw}</WhenLoaded>);
    expect(pageText()).toContain('Not for you.');
    expect(pageText()).toContain('sum 4');
  });

  it('has a section with a heading that names it', async () => {
    await show(
      <Section title="Recent runs" loaded={{ value: [], error: undefined, again }} empty="No runs yet.">
        {draw}
      </Section>,
    );
    const id = one('section').getAttribute('aria-labelledby') ?? '';
    expect(document.getElementById(id)?.textContent).toBe('Recent runs');
    expect(pageText()).toContain('No runs yet.');
  });
});

describe('a missing workflow', () => {
  it('is shown as loading until an error is known', async () => {
    await show(<NotThere error={undefined} again={() => undefined} what="Loading the workflow…" />);
    expect([pageText(), all('a, button')]).toEqual(['Loading the workflow…', []]);
  });

  it('leads home, and offers a retry only when that can help', async () => {
    const again = jest.fn();
    await show(<NotThere error={new ApiError('unreachable', 'Away.', 0)} again={again} what="" />);
    await pressButton('Retry');
    expect(again).toHaveBeenCalledTimes(1);
    await show(<NotThere error={new ApiError('workflow_not_found', 'Gone.', 404)} again={again} what="" />);
    expect(texts('button')).toEqual([]);
    expect(all<HTMLAnchorElement>('a').map(({ pathname }) => pathname)).toEqual(['/']);
  });
});

describe('progress', () => {
  it.each([
    [0, '0', '0%', null],
    [0.256, '26', '26%', null],
    [1, '100', '100%', null],
    [undefined, null, '30%', 'true'],
  ])('of %s is announced to screen readers and drawn', async (share, now, width, isOpen) => {
    await show(<Progress share={share} label="Download" />);
    const bar = one('[role=progressbar]');
    expect(bar.getAttribute('aria-label')).toBe('Download');
    expect(bar.getAttribute('aria-valuenow')).toBe(now);
    expect(bar.getAttribute('data-open')).toBe(isOpen);
    expect(one('[role=progressbar] span').style.width).toBe(width);
  });
});

describe('the next step as text', () => {
  it.each([
    ['Add one on the page Models, then run again.', ['/models']],
    ['Open the page Connections or the page Tools.', ['/connections', '/tools']],
    ['Models are big.', []],
    ['Look at the page Unknown.', []],
    ['', []],
  ])('of “%s” links the pages that it names', async (text, links) => {
    await show(<FixText text={text} />);
    expect(pageText()).toBe(text);
    expect(all<HTMLAnchorElement>('a').map(({ pathname }) => pathname)).toEqual(links);
  });
});

describe('a part of a page that needs a right', () => {
  const user = (...roles: readonly string[]): MeReply =>
    ({
      isSignInNeeded: true,
      hasUsers: true,
      principal: { kind: 'user', id: 'user:u', name: 'Una', roles: { default: roles } },
    }) as unknown as MeReply;
  const live = createLiveClient(createFakeSocket());
  const both = (
    <LiveContext value={live}>
      <Allowed permission="workflow:write" what="Writing workflows">
        <p>Section</p>
      </Allowed>
      <IfMay permission="workflow:write" otherwise={<p>Ask an editor</p>}>
        <button type="button">Write</button>
      </IfMay>
    </LiveContext>
  );

  it('is neither offered nor refused while the rights are unknown', async () => {
    await show(both);
    expect([texts('p'), texts('button')]).toEqual([['Loading…'], []]);
  });

  it('is offered to a user who has it', async () => {
    meStore.setState({ me: user('editor') });
    await show(both);
    expect([texts('p'), texts('button')]).toEqual([['Section'], ['Write']]);
  });

  it('names the roles that have it to a user who does not', async () => {
    meStore.setState({ me: user('viewer') });
    await show(both);
    expect(texts('p')[0]).toMatch(/^Writing workflows needs the role .*editor.*\. An owner can give it to you\.$/);
    expect([texts('p')[1], texts('button')]).toEqual(['Ask an editor', []]);
  });

  it('is not offered in an archived project', async () => {
    meStore.setState({ me: user('owner') });
    projectStore.setState({
      projects: [{ id: 'default', name: 'Shop', roles: ['owner'], isManager: true, archivedAt: 1 }],
    });
    await show(both);
    expect(texts('button')).toEqual([]);
  });

  it('is offered to everyone when no sign-in is needed', async () => {
    meStore.setState({ me: { isSignInNeeded: false, hasUsers: false } as unknown as MeReply });
    await show(both);
    expect(texts('button')).toEqual(['Write']);
  });
});
