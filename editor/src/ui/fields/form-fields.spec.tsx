/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { all, buttonNamed, choose, leaveField, one, press, pressKey, texts, type } from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { Link } from '../navigation/Link.js';
import { uploadFile } from '../../data/api/upload-file.js';
import { StoreFile } from '../schema-form/store-file.js';
import { inputField } from '../schema-form/read-inputs.js';
import { ValueField, type ValueShape } from '../schema-form/ValueField.js';
import { CheckField } from './CheckField.js';
import { ComboboxField } from './ComboboxField.js';
import { FilterSelect } from './FilterSelect.js';
import { LinesField, NumberField, SelectField, SwitchField, TextField } from './FormFields.js';
import { NameField } from './NameField.js';
import { SearchField } from './SearchField.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let given: unknown[];
let upload: (path: string) => unknown;
let refusal: { readonly status: number; readonly body?: unknown };
const give = (value: unknown): void => void given.push(value);
const realFetch = globalThis.fetch;
beforeEach(() => {
  given = [];
  refusal = { status: 404 };
  upload = () => undefined;
  page = openFakePage(() => undefined);
});
afterEach(() => {
  page.leave();
  globalThis.fetch = realFetch;
});
const show = (element: ReactElement): Promise<void> => act(async () => page.root.render(element));
const describedBy = (element: HTMLElement): (string | undefined)[] =>
  (element.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);

describe('a field of a form', () => {
  it.each<[string, ReactElement, string]>([
    ['a text', <TextField title="T" help="H" error="E" value="" onChange={give} />, 'input'],
    ['lines', <LinesField title="T" help="H" error="E" value="" onChange={give} />, 'textarea'],
    ['a number', <NumberField title="T" help="H" error="E" value={undefined} onChange={give} />, 'input'],
    [
      'a choice',
      <SelectField title="T" help="H" error="E" value="a" choices={[['a', 'A']]} onChange={give} />,
      'select',
    ],
    ['a switch', <SwitchField title="T" help="H" error="E" value={false} onChange={give} />, 'input'],
    [
      'a text with items',
      <ComboboxField title="T" help="H" error="E" value="" items={[]} empty="None" onChange={give} />,
      '[role=combobox]',
    ],
  ])('of %s has a label, and its help and its error are read with it', async (_what, field, selector) => {
    await show(field);
    const control = one(selector);
    expect(one<HTMLLabelElement>('label').htmlFor).toBe(control.id);
    expect(describedBy(control)).toEqual(['H', 'E']);
    expect(control.getAttribute('aria-invalid')).toBe('true');
  });

  it('without help and error describes nothing', async () => {
    await show(<TextField title="T" value="" onChange={give} />);
    expect([one('input').getAttribute('aria-describedby'), one('input').getAttribute('aria-invalid')]).toEqual([
      null,
      'false',
    ]);
  });

  it('for a password is never filled with one that the browser has stored', async () => {
    await show(<TextField title="Key" type="password" value="" onChange={give} />);
    expect([one<HTMLInputElement>('input').type, one<HTMLInputElement>('input').autocomplete]).toEqual([
      'password',
      'new-password',
    ]);
  });

  it('suggests texts, and accepts any other', async () => {
    await show(<TextField title="T" value="" suggestions={['a', 'b']} onChange={give} />);
    const list = document.getElementById(one('input').getAttribute('list') ?? '');
    expect([...(list?.querySelectorAll('option') ?? [])].map(({ value }) => value)).toEqual(['a', 'b']);
    await type(one('input'), 'c');
    expect(given).toEqual(['c']);
  });

  it.each([
    ['0', [0]],
    ['12.5', [12.5]],
    ['', [undefined]],
  ])('for a number gives %s as %p', async (text, values) => {
    await show(<NumberField title="N" value={7} onChange={give} />);
    await type(one('input'), text);
    expect(given).toEqual(values);
  });

  it('shows zero as a number, and an unset value as empty', async () => {
    await show(<NumberField title="N" value={0} onChange={give} />);
    expect(one<HTMLInputElement>('input').value).toBe('0');
    await show(<NumberField title="N" value={undefined} onChange={give} />);
    expect(one<HTMLInputElement>('input').value).toBe('');
  });

  it('for a choice gives the value, and cannot be changed when it is read-only', async () => {
    const choices = [
      ['a', 'First'],
      ['b', 'Second'],
    ] as const;
    await show(<SelectField title="C" value="a" choices={choices} onChange={give} />);
    await choose(one('select'), 'b');
    expect([given, texts('option')]).toEqual([['b'], ['First', 'Second']]);
    await show(<SelectField title="C" value="a" choices={choices} onChange={give} isReadOnly />);
    expect(one<HTMLSelectElement>('select').disabled).toBe(true);
  });

  it('for a switch gives the opposite of what it shows', async () => {
    await show(<SwitchField title="S" value onChange={give} />);
    await press(one('input'));
    expect(given).toEqual([false]);
  });

  it('for code is not checked for spelling', async () => {
    await show(<LinesField title="C" isCode value="" onChange={give} />);
    expect([one('textarea').className, one('textarea').getAttribute('spellcheck')]).toEqual(['mono', 'false']);
  });
});

describe('a list of checkboxes', () => {
  const checks = (more: Partial<Parameters<typeof CheckField<string>>[0]>): Promise<void> =>
    show(
      <CheckField
        title="Ways"
        value={['b']}
        choices={[
          ['a', 'A'],
          ['b', 'B'],
        ]}
        onChange={give}
        {...more}
      />,
    );

  it('has a title, and gives the choices that are checked', async () => {
    await checks({ help: 'Choose.', empty: 'Nothing to choose.' });
    expect([texts('legend.field-label'), texts('p'), texts('label')]).toEqual([['Ways'], ['Choose.'], ['A', 'B']]);
    await press(one('input'));
    expect(given).toEqual([['b', 'a']]);
  });

  it('says why it is empty', async () => {
    await checks({ choices: [], empty: 'Nothing to choose.', isTitleHidden: true });
    expect([texts('legend.visually-hidden'), texts('.quiet')]).toEqual([['Ways'], ['Nothing to choose.']]);
  });
});

describe('a filter', () => {
  it('shows everything at first, and gives the empty value for it', async () => {
    await show(
      <FilterSelect label="Trigger" everything="Any" choices={[['api', 'By API']]} value="api" onChange={give} />,
    );
    expect(texts('option')).toEqual(['Any', 'By API']);
    await choose(one('select'), '');
    expect(given).toEqual(['']);
  });

  it('by text has a name for screen readers', async () => {
    await show(<SearchField label="Search runs" value="" onChange={give} />);
    expect(texts('label')).toEqual(['Search runs']);
    await type(one('input'), '  a ');
    expect(given).toEqual(['  a ']);
  });
});

describe('a name that is edited in place', () => {
  it('is given without its spaces, and never empty', async () => {
    await show(<NameField label="Name" name="Orders" onChange={give} />);
    await type(one('input'), '  Letters ');
    await type(one('input'), '   ');
    expect([given, one<HTMLInputElement>('input').value]).toEqual([['Letters'], '   ']);
    await leaveField(one('input'));
    expect(one<HTMLInputElement>('input').value).toBe('Orders');
  });

  it.each(['Enter', 'Escape'])('is left with %s', async (key) => {
    await show(<NameField label="Name" name="Orders" onChange={give} />);
    one('input').focus();
    await pressKey(one('input'), key);
    expect(document.activeElement).toBe(document.body);
  });
});

describe('a value to enter', () => {
  const shape = (kind: ValueShape['kind'], more: Partial<ValueShape> = {}): ValueShape => ({
    title: 'Value',
    kind,
    isRequired: true,
    ...more,
  });
  const value = (field: ValueShape, text = ''): Promise<void> =>
    show(<ValueField field={field} value={text} error={undefined} onChange={give} />);

  it.each([
    ['text', 'input'],
    ['long-text', 'textarea'],
    ['number', 'input'],
    ['boolean', 'select'],
    ['choice', 'select'],
    ['messages', 'textarea'],
    ['json', 'textarea'],
    ['file', 'button'],
    ['image', 'button'],
  ] as const)('of the kind %s has its own control', async (kind, selector) => {
    await value(shape(kind));
    expect(one<HTMLLabelElement>('label').htmlFor).toBe(one(selector).id);
  });

  it('says that it is optional, and its type', async () => {
    await value(shape('json', { isRequired: false, type: 'Json' }));
    expect(texts('label')).toEqual(['Value optionalJson']);
  });

  it('hides a secret', async () => {
    await value(shape('text', { isSecret: true }));
    expect([one<HTMLInputElement>('input').type, one<HTMLInputElement>('input').autocomplete]).toEqual([
      'password',
      'off',
    ]);
  });

  it('of yes and no can be unset only if it is optional', async () => {
    await value(shape('boolean'), 'true');
    expect(texts('option')).toEqual(['Yes', 'No']);
    await value(shape('boolean', { isRequired: false }), 'true');
    expect(texts('option')).toEqual(['Not set', 'Yes', 'No']);
    await choose(one('select'), 'false');
    expect(given).toEqual(['false']);
  });

  it.each([
    ['Text', 'textarea', false],
    ['Number', 'input', true],
    ['Boolean', 'select', true],
    ['Json', 'textarea', true],
    ['Passages', 'textarea', true],
    ['File[]', 'button', true],
  ] as const)('for an input of the type %s shows the type unless it is plain text', async (name, selector, isTyped) => {
    const port = { name: 'in', type: name, mode: 'one', isOptional: false } as const;
    await show(<ValueField field={inputField(port)} value="" error={undefined} onChange={give} />);
    expect([all(selector).length, texts('.field-type').length]).toEqual([1, isTyped ? 1 : 0]);
  });
});

describe('a file to enter', () => {
  const stored = (name: string) => ({ id: `f-${name}`, name, size: 4200, mediaType: 'text/plain', hash: 'h' });
  const field = (more: Partial<ValueShape>, value = ''): Promise<void> =>
    show(
      <StoreFile value={uploadFile}>
        <ValueField
          field={{ title: 'File', kind: 'file', isRequired: true, ...more }}
          value={value}
          error={undefined}
          onChange={give}
        />
      </StoreFile>,
    );
  const chooseFiles = (...files: readonly File[]): Promise<void> =>
    act(async () => {
      const input = one<HTMLInputElement>('input[type=file]');
      Object.defineProperty(input, 'files', { value: files, configurable: true });
      Object.defineProperty(input, 'value', { value: '', writable: true, configurable: true });
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
  const file = (name: string, kind = 'text/plain'): File => new File(['x'], name, { type: kind });
  beforeEach(() => {
    globalThis.fetch = (async (_path: string, init: { readonly body: FormData }) => {
      const body = upload((init.body.get('file') as File).name);
      const isRefused = body === undefined;
      return {
        ok: !isRefused,
        status: isRefused ? refusal.status : 200,
        headers: new Headers(),
        json: async () => (isRefused ? refusal.body : body),
        text: async () => JSON.stringify(body),
      };
    }) as unknown as typeof fetch;
  });

  it('is stored at once, and the form holds a reference to it', async () => {
    upload = stored;
    await field({});
    expect(texts('.file-choose')).toEqual(['Choose a file, or drop it here']);
    await chooseFiles(file('a.txt'), file('b.txt'));
    expect(given.map((value) => JSON.parse(String(value)) as unknown)).toMatchObject([{ name: 'a.txt' }]);
  });

  it('is shown with its size, and can be removed', async () => {
    await field({}, JSON.stringify(stored('a.txt')));
    expect([texts('.file-name'), texts('.file-line .figure')]).toEqual([['a.txt'], ['4.2 kB']]);
    await press(buttonNamed('Remove a.txt') as HTMLElement);
    expect(given).toEqual(['']);
  });

  it('is added to the others when several are allowed', async () => {
    upload = stored;
    await field({ isList: true }, JSON.stringify([stored('a.txt')]));
    expect(texts('.file-choose')).toEqual(['Add another']);
    await chooseFiles(file('b.txt'), file('c.txt'));
    expect((JSON.parse(String(given[0])) as { name: string }[]).map(({ name }) => name)).toEqual([
      'a.txt',
      'b.txt',
      'c.txt',
    ]);
  });

  it('that is refused says why, and earlier ones stay', async () => {
    upload = (name) => (name === 'b.txt' ? undefined : stored(name));
    refusal = { status: 413, body: { error: { code: 'too_large', message: 'It is too large.', retryable: false } } };
    await field({ isList: true });
    await chooseFiles(file('a.txt'), file('b.txt'));
    expect(texts('[role=alert]')).toEqual(['It is too large.']);
    expect((JSON.parse(String(given[0])) as { name: string }[]).map(({ name }) => name)).toEqual(['a.txt']);
  });

  it('that is no image is not sent when an image is required, and its name cannot reverse its direction', async () => {
    const sent = jest.fn(stored);
    upload = sent;
    await field({ kind: 'image' });
    await chooseFiles(file('photo\u202Egnp.exe', 'application/x-msdownload'));
    expect(texts('[role=alert]')).toEqual(['photo⟨U+202E⟩gnp.exe is not an image.']);
    expect([sent.mock.calls, given]).toEqual([[], []]);
  });

  it.each(['{', '5', '"text"', '[{"id":1}]', 'null'])('shows no file for the text %s', async (text) => {
    await field({}, text);
    expect(all('.file-line')).toEqual([]);
  });
});

describe('a link inside the editor', () => {
  const click = (more: MouseEventInit): boolean => {
    const event = new MouseEvent('click', { bubbles: true, cancelable: true, button: 0, ...more });
    // jsdom cannot open an address.
    const stop = (seen: Event): void => {
      given.push(seen.defaultPrevented);
      seen.preventDefault();
    };
    window.addEventListener('click', stop, { once: true });
    act(() => void one('a').dispatchEvent(event));
    return given.pop() === true;
  };
  afterEach(() => window.history.replaceState(null, '', '/'));

  it('opens its page without a reload', async () => {
    await show(<Link href="/runs">Runs</Link>);
    expect([click({}), window.location.pathname]).toEqual([true, '/runs']);
  });

  it.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }])(
    'is left to the browser with %o',
    async (more) => {
      await show(<Link href="/runs">Runs</Link>);
      expect([click(more), window.location.pathname]).toEqual([false, '/']);
    },
  );

  it('does nothing when its own handler prevents it', async () => {
    await show(
      <Link href="/runs" onClick={(event) => event.preventDefault()}>
        Runs
      </Link>,
    );
    click({});
    expect(window.location.pathname).toBe('/');
  });
});
