/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Issue } from '@heddle/core';
import { act, useState, type ReactElement } from 'react';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { schemaFields } from '../../ui/schema-form/schema-field.js';
import {
  all,
  buttonNamed,
  choose,
  leaveField,
  one,
  pageText,
  press,
  pressButton,
  texts,
  type,
} from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore } from '../document/document-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { ConfigField } from './ConfigField.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let given: unknown[];
beforeEach(() => {
  given = [];
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

interface Setting {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value?: unknown;
  readonly isRequired?: boolean;
  readonly issues?: readonly Issue[];
  readonly isReadOnly?: boolean;
}

function Form({ schema, value, isRequired = false, issues = [], isReadOnly = false }: Setting): ReactElement {
  const [current, setCurrent] = useState(value);
  const [field] = schemaFields({
    properties: { setting: { title: 'Setting', ...schema } },
    required: isRequired ? ['setting'] : [],
  });
  if (field === undefined) return <p>No field</p>;
  const onChange = (next: unknown): void => {
    given.push(next);
    setCurrent(next);
  };
  return (
    <ConfigField
      field={field}
      path="setting"
      value={current}
      issues={issues}
      isReadOnly={isReadOnly}
      onChange={onChange}
    />
  );
}
const session = {
  live: createLiveClient(createFakeSocket()),
  documents: createDocumentStore(),
  catalog: createCatalogStore(),
} as unknown as Session;
const show = (setting: Setting): Promise<void> =>
  act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <Form {...setting} />
      </SessionProvider>,
    ),
  );
const input = (): HTMLInputElement => one<HTMLInputElement>('input');
const issue = (field: string, message: string): Issue => ({
  code: 'config-invalid',
  severity: 'error',
  field,
  message,
});

describe('each field of the form', () => {
  it.each([
    ['a text', { type: 'string' }, 'input'],
    ['a long text', { type: 'string', widget: 'text' }, 'textarea'],
    ['a number', { type: 'number' }, 'input'],
    ['a duration', { type: 'integer', widget: 'duration' }, 'input'],
    ['a switch', { type: 'boolean' }, 'input[role=switch]'],
    ['a choice', { enum: ['a', 'b'] }, 'select'],
  ])('of %s is named by its label and described by its help and its issues', async (_what, schema, selector) => {
    await show({ schema: { ...schema, description: 'What it does.' }, issues: [issue('setting', 'It is wrong.')] });
    const control = one(selector);
    expect(one<HTMLLabelElement>('label').htmlFor).toBe(control.id);
    const described = (control.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent);
    expect(described[0]).toContain('What it does.');
    expect(described[1]).toContain('It is wrong.');
  });

  it.each([
    ['a list', { type: 'array', items: { type: 'string' } }],
    ['a record', { type: 'object', properties: { name: { type: 'string' } } }],
  ])('of %s is a group with a name', async (_what, schema) => {
    await show({ schema });
    const group = one('[data-field=setting]');
    expect(group.getAttribute('role')).toBe('group');
    expect(document.getElementById(group.getAttribute('aria-labelledby') ?? '')?.textContent).toBe('Setting');
  });

  it('shows no issue of another field, even when the name starts with the same letters', async () => {
    await show({ schema: { type: 'string' }, issues: [issue('settings', 'Other.'), issue('other', 'Other.')] });
    expect(pageText()).not.toContain('Other.');
    expect(input().getAttribute('aria-invalid')).toBe('false');
  });

  it('shows markup in a title, a help and an issue as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    await show({
      schema: { type: 'string', title: hostile, description: hostile },
      issues: [issue('setting', hostile)],
    });
    expect(all('img')).toEqual([]);
    expect(texts('label')).toEqual([hostile]);
  });
});

describe('a text', () => {
  it('is passed on as typed, with its spaces', async () => {
    await show({ schema: { type: 'string' } });
    await type(input(), '  a  ');
    expect(given).toEqual(['  a  ']);
  });

  it('shows its default as a placeholder only while nothing is set', async () => {
    await show({ schema: { type: 'string', default: 'Hello' } });
    expect([input().value, input().placeholder]).toEqual(['', 'Hello']);
    await type(input(), 'x');
    expect([input().value, input().placeholder]).toEqual(['x', '']);
  });

  it('is limited to the length of its schema, and cannot be typed when it is read-only', async () => {
    await show({ schema: { type: 'string', maxLength: 5 }, isReadOnly: true });
    expect([input().maxLength, input().readOnly]).toEqual([5, true]);
  });

  it('grows with its lines up to fourteen rows', async () => {
    const rows = async (value: string): Promise<number> => {
      await act(async () => page.root.render(null));
      await show({ schema: { type: 'string', widget: 'text' }, value });
      return one<HTMLTextAreaElement>('textarea').rows;
    };
    expect([await rows(''), await rows('a\nb\nc\nd'), await rows('\n'.repeat(10_000))]).toEqual([3, 5, 14]);
  });

  it('that is not a text in the document is shown empty, not as an object', async () => {
    await show({ schema: { type: 'string' }, value: { a: 1 } });
    expect(input().value).toBe('');
  });
});

describe('a number', () => {
  it.each([
    ['12', [12]],
    ['1,5', [1.5]],
    ['-0.25', [-0.25]],
    ['1e3', [1000]],
    ['0', [0]],
    ['', [undefined]],
    ['  ', [undefined]],
    ['twelve', []],
    ['1e999', []],
    ['--1', []],
  ])('typed as “%s” gives %p', async (text, values) => {
    await show({ schema: { type: 'number' }, value: 7 });
    await type(input(), text);
    expect(given).toEqual(values);
  });

  it('keeps unreadable text in the field, and says which values are valid', async () => {
    await show({ schema: { type: 'number', minimum: 0, maximum: 2 }, value: 1 });
    await type(input(), 'much');
    expect([input().value, input().getAttribute('aria-invalid')]).toEqual(['much', 'true']);
    expect(texts('.field-error')).toEqual(['Enter a number from 0 to 2.']);
    await leaveField(input());
    expect([input().value, texts('.field-error')]).toEqual(['1', []]);
  });

  it('keeps a comma while it is typed, and writes a point when the field is left', async () => {
    await show({ schema: { type: 'number' } });
    await type(input(), '1,5');
    expect(input().value).toBe('1,5');
    await leaveField(input());
    expect(input().value).toBe('1.5');
  });

  it('shows its default in its help, even when it is zero', async () => {
    await show({ schema: { type: 'number', default: 0, description: 'How warm.' } });
    expect(texts('.field-help')).toEqual(['How warm. Default 0.']);
    expect(input().placeholder).toBe('0');
  });

  it('opens the numeric keyboard when only whole numbers are valid', async () => {
    await show({ schema: { type: 'integer' } });
    expect(input().inputMode).toBe('numeric');
  });

  it('that is a text in the document is shown as it is written there', async () => {
    await show({ schema: { type: 'number' }, value: 'five' });
    expect(input().value).toBe('"five"');
  });
});

describe('a duration', () => {
  const schema = { type: 'integer', widget: 'duration', default: 30_000, description: 'How long.' };

  it.each([
    ['30', [30_000]],
    ['5 min', [300_000]],
    ['1.5 s', [1500]],
    ['', [undefined]],
    ['soon', []],
  ])('typed as “%s” gives %p milliseconds', async (text, values) => {
    await show({ schema, value: 1000 });
    await type(input(), text);
    expect(given).toEqual(values);
  });

  it('keeps the typed text until the field is left', async () => {
    await show({ schema });
    await type(input(), '90 sec');
    expect(input().value).toBe('90 sec');
    await leaveField(input());
    expect(input().value).toBe('90 s');
  });

  it('says how to write a duration when the text cannot be read, and keeps the text', async () => {
    await show({ schema, value: 1000 });
    await type(input(), 'soon');
    await leaveField(input());
    expect([input().value, texts('.field-error')]).toEqual([
      'soon',
      ['Enter a duration such as 30 s, 1.5 s or 5 min.'],
    ]);
  });

  it('shows its default as a duration', async () => {
    await show({ schema });
    expect([input().placeholder, texts('.field-help')]).toEqual(['30 s', ['How long. Default 30 s.']]);
  });
});

describe('a switch', () => {
  it.each([
    [undefined, true, true],
    [undefined, undefined, false],
    [false, true, false],
    [true, undefined, true],
    ['yes', undefined, false],
  ])('with the value %p and the default %p is %p', async (value, standard, isOn) => {
    await show({ schema: { type: 'boolean', default: standard }, value });
    expect(input().checked).toBe(isOn);
  });

  it('gives the opposite of what it shows, and is disabled when it is read-only', async () => {
    await show({ schema: { type: 'boolean', default: true } });
    await press(input());
    expect(given).toEqual([false]);
    await act(async () => page.root.render(null));
    await show({ schema: { type: 'boolean' }, isReadOnly: true });
    expect(input().disabled).toBe(true);
  });
});

describe('a choice', () => {
  const schema = { enum: ['low', 'high'], labels: { low: 'Low', high: 'High' } };
  const options = (): string[] => texts('option');

  it('can be unset when it is optional and has no default', async () => {
    await show({ schema });
    expect(options()).toEqual(['Not set', 'Low', 'High']);
    await choose(one('select'), 'high');
    await choose(one('select'), '');
    expect(given).toEqual(['high', undefined]);
  });

  it.each([
    ['is required', { isRequired: true, value: 'low' }, {}],
    ['has a default', {}, { default: 'low' }],
  ])('cannot be unset when it %s', async (_what, more, standard) => {
    await show({ schema: { ...schema, ...standard }, ...more });
    expect([options(), one<HTMLSelectElement>('select').value]).toEqual([['Low', 'High'], 'low']);
  });

  it('keeps a value that this version does not know', async () => {
    await show({ schema, value: 'extreme' });
    expect([options(), one<HTMLSelectElement>('select').value]).toEqual([
      ['Not set', 'extreme (unknown)', 'Low', 'High'],
      'extreme',
    ]);
    expect(given).toEqual([]);
  });
});

describe('a list', () => {
  const textList = { type: 'array', title: 'Words', items: { type: 'string' } };

  it('adds, changes, moves and removes items', async () => {
    await show({ schema: textList, value: ['a', 'b'] });
    await pressButton('Add word');
    await type(all('input')[2] as HTMLElement, 'c');
    await pressButton('Move word 3 up');
    await pressButton('Remove word 1');
    expect(given).toEqual([
      ['a', 'b', ''],
      ['a', 'b', 'c'],
      ['a', 'c', 'b'],
      ['c', 'b'],
    ]);
    expect(all<HTMLInputElement>('input').map(({ value }) => value)).toEqual(['c', 'b']);
  });

  it('gives a new item a free name when the name has a pattern, so that the item starts without an error', async () => {
    const named = (name: object) => ({
      type: 'array',
      title: 'Fields',
      items: { type: 'object', properties: { name: { type: 'string', title: 'Name', ...name } }, required: ['name'] },
    });
    await show({ schema: named({ pattern: '^[a-z]' }), value: [{ name: 'field2' }] });
    await pressButton('Add field');
    expect(given).toEqual([[{ name: 'field2' }, { name: 'field3' }]]);
    given = [];
    await show({ schema: named({}), value: [] });
    await pressButton('Add field');
    expect(given.at(-1)).toEqual([...(given.at(-1) as unknown[]).slice(0, -1), { name: '' }]);
  });

  it('focuses a new item, so that the user can type at once', async () => {
    await show({ schema: { type: 'array', title: 'Tags', items: { type: 'string' } }, value: ['a'] });
    await pressButton('Add tag');
    expect(document.activeElement).toBe(all('input')[1]);
  });

  it('does not move its first item up nor its last one down', async () => {
    await show({ schema: textList, value: ['a', 'b'] });
    expect(buttonNamed('Move word 1 up')?.disabled).toBe(true);
    expect(buttonNamed('Move word 1 down')?.disabled).toBe(false);
    expect(buttonNamed('Move word 2 down')?.disabled).toBe(true);
  });

  it('offers no further item when it is full, and no button at all when it is read-only', async () => {
    await show({ schema: { ...textList, maxItems: 2 }, value: ['a', 'b'] });
    expect(buttonNamed('Add word')).toBeUndefined();
    await act(async () => page.root.render(null));
    await show({ schema: textList, value: ['a'], isReadOnly: true });
    expect([all('button'), input().readOnly]).toEqual([[], true]);
  });

  it('starts with its default, and the first change keeps the other items of the default', async () => {
    await show({ schema: { ...textList, default: ['a', 'b'] } });
    await pressButton('Remove word 1');
    expect(given).toEqual([['b']]);
  });

  it('that is no list in the document is shown empty, and is not changed by that', async () => {
    await show({ schema: textList, value: 'a,b' });
    expect([all('input'), given]).toEqual([[], []]);
  });

  const rules = {
    type: 'array',
    title: 'Rules',
    items: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', title: 'Name' },
        text: { type: 'string', title: 'Text', widget: 'text' },
        note: { type: 'string', title: 'Note' },
        limit: { type: 'number', title: 'Limit', default: 3 },
      },
    },
  };
  const rule = (name: string) => ({ name, text: 'words' });
  const toggles = (): HTMLElement[] => all('.list-item-toggle');

  it('shows up to two large items open, and more of them closed', async () => {
    await show({ schema: rules, value: [rule('a'), rule('b')] });
    expect(toggles().map((toggle) => toggle.getAttribute('aria-expanded'))).toEqual(['true', 'true']);
    await act(async () => page.root.render(null));
    await show({ schema: rules, value: [rule('a'), rule('b'), rule('c')] });
    expect(toggles().map((toggle) => toggle.getAttribute('aria-expanded'))).toEqual(['false', 'false', 'false']);
    expect(texts('.list-item-text')).toEqual(['a · words', 'b · words', 'c · words']);
    expect(all('textarea')).toEqual([]);
  });

  it('counts the issues of a closed item, and shows them beside its fields when it is open', async () => {
    await show({
      schema: rules,
      value: [rule('a'), rule('b'), rule('c')],
      issues: [issue('setting.1.name', 'No name.'), issue('setting.1.text', 'No text.'), issue('setting.10', 'No.')],
    });
    expect(texts('.list-item-problems')).toEqual(['2 issues']);
    await press(toggles()[1] as HTMLElement);
    expect([texts('.list-item-problems'), texts('.field-error')]).toEqual([[], ['No name.', 'No text.']]);
  });

  it('keeps an item open when it moves, and opens a new item with required settings and defaults', async () => {
    await show({ schema: rules, value: [rule('a'), rule('b'), rule('c')] });
    await press(toggles()[0] as HTMLElement);
    await pressButton('Move rule 1 down');
    expect(toggles().map((toggle) => toggle.getAttribute('aria-expanded'))).toEqual(['false', 'true', 'false']);
    await pressButton('Remove rule 1');
    expect(toggles().map((toggle) => toggle.getAttribute('aria-expanded'))).toEqual(['true', 'false']);
    await pressButton('Add rule');
    expect(toggles().map((toggle) => toggle.getAttribute('aria-expanded'))).toEqual(['true', 'false', 'true']);
    expect(given.at(-1)).toEqual([rule('a'), rule('c'), { name: '', limit: 3 }]);
  });
});

describe('a record', () => {
  const schema = {
    type: 'object',
    properties: {
      kind: { enum: ['key', 'none'], title: 'Kind', default: 'none' },
      secret: { type: 'string', title: 'Key', onlyFor: { kind: ['key'] } },
      limit: { type: 'number', title: 'Limit' },
    },
  };

  it('shows a setting only when another one requires it, and keeps its value', async () => {
    await show({ schema, value: { secret: 'mail' } });
    expect(texts('label')).toEqual(['Kind', 'Limit']);
    await choose(one('select'), 'key');
    expect(texts('label')).toEqual(['Kind', 'Key', 'Limit']);
    expect(given).toEqual([{ secret: 'mail', kind: 'key' }]);
  });

  it('removes an emptied setting, and keeps unknown ones', async () => {
    await show({ schema, value: { limit: 3, later: true } });
    await type(input(), '');
    expect(given).toEqual([{ later: true }]);
  });

  it('names the path of each setting, for issues', async () => {
    await show({ schema, issues: [issue('setting.limit', 'Too much.')] });
    expect(all('[data-field]').map((field) => field.dataset['field'])).toEqual([
      'setting',
      'setting.kind',
      'setting.limit',
    ]);
    expect(texts('.field-error')).toEqual(['Too much.']);
  });
});

describe('pairs of a key and a text', () => {
  const schema = { type: 'object', additionalProperties: { type: 'string' } };
  const values = (): string[] => all<HTMLInputElement>('input').map(({ value }) => value);

  it('are given as an object once a row has a key', async () => {
    await show({ schema });
    await pressButton('Add row');
    await type(one('[aria-label="Key 1"]'), 'accept');
    await type(one('[aria-label="Value of accept"]'), 'text/plain');
    expect(given).toEqual([{}, { accept: '' }, { accept: 'text/plain' }]);
  });

  it('keep a row with a duplicate key on the page, marked as invalid, and out of the document', async () => {
    await show({ schema, value: { a: '1', b: '2' } });
    await type(one('[aria-label="Key 2"]'), 'a');
    expect(given).toEqual([{ a: '1' }]);
    expect(values()).toEqual(['a', '1', 'a', '2']);
    expect(one('[aria-label="Key 2"]').getAttribute('aria-invalid')).toBe('true');
  });

  it('keep the order of rows while a key is renamed', async () => {
    await show({ schema, value: { a: '1', b: '2' } });
    await type(one('[aria-label="Key 1"]'), 'z');
    expect(JSON.stringify(given.at(-1))).toBe('{"z":"1","b":"2"}');
  });

  it('are removed by a button with their key', async () => {
    await show({ schema, value: { a: '1', b: '2' } });
    await pressButton('Remove a');
    expect(given).toEqual([{ b: '2' }]);
  });

  it('show a value that is no text as JSON', async () => {
    await show({ schema, value: { a: 5 }, isReadOnly: true });
    expect([values(), all('button')]).toEqual([['a', '5'], []]);
  });
});

describe('a list of choices', () => {
  const schema = {
    type: 'array',
    widget: 'checkboxes',
    description: 'Found by pattern.',
    default: ['EMAIL', 'IBAN'],
    items: {
      enum: ['EMAIL', 'IBAN', 'IP'],
      labels: { EMAIL: 'Email addresses' },
      samples: { EMAIL: 'ada@example.org' },
    },
  };
  const boxes = () => all<HTMLInputElement>('input[type=checkbox]');
  const checked = (): boolean[] => boxes().map((box) => box.checked);

  it('has a checkbox for each, with its label and its example, in a named group', async () => {
    await show({ schema });
    expect(texts('.choice')).toEqual(['Email addresses ada@example.org', 'IBAN', 'IP']);
    expect(checked()).toEqual([true, true, false]);
    const group = one('[role=group]');
    expect(document.getElementById(group.getAttribute('aria-labelledby') ?? '')?.textContent).toBe('Setting');
    expect(all('button')).toEqual([]);
  });

  it('keeps the order of the choices, and gives an empty list for none', async () => {
    await show({ schema, value: ['IP'] });
    for (const index of [1, 0, 2, 1, 0]) await press(boxes()[index] ?? document.body);
    expect(given).toEqual([['IBAN', 'IP'], ['EMAIL', 'IBAN', 'IP'], ['EMAIL', 'IBAN'], ['EMAIL'], []]);
  });

  it('keeps a value that is no choice until the user removes it', async () => {
    await show({ schema, value: ['SSN', 'IP'] });
    expect(texts('.choice').at(-1)).toBe('SSN');
    await press(boxes()[0] ?? document.body);
    await press(boxes()[3] ?? document.body);
    expect(given).toEqual([
      ['EMAIL', 'IP', 'SSN'],
      ['EMAIL', 'IP'],
    ]);
  });

  it('cannot be changed when the workflow is read-only', async () => {
    await show({ schema, isReadOnly: true });
    expect(one<HTMLFieldSetElement>('fieldset').disabled).toBe(true);
  });
});
