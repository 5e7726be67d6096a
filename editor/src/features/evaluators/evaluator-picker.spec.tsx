/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EvaluatorSetup } from '@heddle/core';
import { act, useEffect, useState, type ReactElement } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { LiveContext } from '../../data/live/live-context.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { all, one, pageText, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { EvaluatorPicker } from './EvaluatorPicker.js';
import { freeName, withPreset } from './evaluator-list.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
Element.prototype.scrollIntoView = () => undefined;

const kind = (name: string, more: Record<string, unknown> = {}) => ({
  kind: name,
  title: `Title of ${name}`,
  about: `What ${name} says.`,
  needs: ['answer'],
  metrics: [],
  usesModel: false,
  config: { type: 'object', properties: {} },
  defaults: {},
  ...more,
});
const kinds = [
  kind('exact', {
    config: { type: 'object', properties: { ignoreCase: { type: 'boolean', default: false, title: 'Ignore case' } } },
  }),
  kind('regex', {
    config: { type: 'object', properties: { pattern: { type: 'string', title: 'Pattern' } }, required: ['pattern'] },
  }),
];
const setup = (name: string): EvaluatorSetup => ({ kind: name, config: {} });
const presets = [{ id: 'chat', title: 'Chat', about: 'Free answers.', evaluators: [setup('exact')] }];

let page: FakePage;
let replies: Record<string, unknown>;
let held: readonly EvaluatorSetup[];
beforeEach(() => {
  held = [];
  replies = { 'GET /api/evaluators': { kinds, presets } };
  page = openFakePage((method, path) => {
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: ['owner'] } },
      };
    return replies[`${method} ${path}`];
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

function Held({
  start,
  isReadOnly = false,
}: {
  readonly start: readonly EvaluatorSetup[];
  readonly isReadOnly?: boolean;
}): ReactElement {
  const [value, setValue] = useState(start);
  useEffect(() => {
    held = value;
  }, [value]);
  return <EvaluatorPicker value={value} isReadOnly={isReadOnly} onChange={setValue} />;
}
const show = (node: ReactElement): Promise<void> =>
  act(async () => {
    await readMe();
    const live = createLiveClient(createFakeSocket());
    page.root.render(<LiveContext value={live}>{node}</LiveContext>);
  });

describe('the picker of evaluators', () => {
  it('starts with presets, and adds the missing evaluators of a preset', async () => {
    await show(<Held start={[]} />);
    expect(pageText()).toContain('No evaluators yet.');
    await pressButton('Chat');
    await pressButton('Chat');
    expect(held).toEqual([setup('exact')]);
    expect(withPreset([setup('regex')], presets[0]!)).toEqual([setup('regex'), setup('exact')]);
  });

  it('adds an evaluator by its name, and a second one of its kind under another name', async () => {
    await show(<Held start={[setup('exact')]} />);
    await pressButton('Add evaluator');
    expect(all('[role="option"]').length).toBe(2);
    await type(one('[role="dialog"] input'), 'exact');
    await act(async () => {
      one('[role="dialog"] input').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    });
    expect(held).toEqual([setup('exact'), { kind: 'exact', name: 'exact-2', config: {} }]);
    expect(freeName('exact', held)).toEqual({ name: 'exact-3' });
  });

  it('opens required settings, and stores them', async () => {
    await show(<Held start={[setup('regex')]} />);
    expect(pageText()).toContain('What regex says.');
    await type(one('[data-field="pattern"] input'), '^a$');
    expect(held).toEqual([{ kind: 'regex', config: { pattern: '^a$' } }]);
    await pressButton('Remove regex');
    expect(held).toEqual([]);
  });

  it('says what is wrong with a name, and reports an unknown kind', async () => {
    await show(<Held start={[{ kind: 'nope', name: 'Bad name', config: {} }]} />);
    await act(async () => one('[aria-expanded]').click());
    expect(pageText()).toContain('has no evaluator of the kind nope');
    expect(pageText()).toContain('Lower-case letters');
  });

  it('has no buttons for changes when it is read-only', async () => {
    await show(<Held start={[setup('exact')]} isReadOnly />);
    expect(texts('button')).toEqual(['Title of exact']);
  });

  it('says why the kinds cannot be loaded, and loads them again', async () => {
    replies = {};
    await show(<Held start={[setup('exact')]} />);
    expect(one('[role="alert"]').textContent).toContain('The server returned 404');
    replies = { 'GET /api/evaluators': { kinds, presets } };
    await pressButton('Retry');
    expect(all('[role="alert"]')).toEqual([]);
    expect(texts('[aria-expanded]')).toEqual(['Title of exact']);
    expect(held).toEqual([setup('exact')]);
  });
});
