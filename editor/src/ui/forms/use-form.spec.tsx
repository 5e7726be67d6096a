/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { act, useEffect, type ReactElement } from 'react';
import { NumberField, SelectField, SwitchField, TextField } from '../fields/FormFields.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { choose, one, press, texts, type } from '../testing/fake-person.js';
import { fieldsOf, useForm, type Form } from './use-form.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

interface Key {
  readonly name: string;
  readonly days: number | undefined;
  readonly kind: 'read' | 'write';
  readonly isOn: boolean;
}

const start: Key = { name: 'Front', days: undefined, kind: 'read', isOn: false };
let page: FakePage;
let form: Form<Key>;
const onChange = jest.fn();
const see = (own: Form<Key>): void => void (form = own);

function KeyForm({ isReadOnly = false }: { readonly isReadOnly?: boolean }): ReactElement {
  const own = useForm<Key>(() => start, { isReadOnly, onChange });
  useEffect(() => see(own), [own]);
  return (
    <>
      <TextField title="Name" {...own.field('name')} />
      <NumberField title="Days" {...own.field('days')} />
      <SelectField
        title="Kind"
        {...own.field('kind')}
        choices={[
          ['read', 'Read'],
          ['write', 'Write'],
        ]}
      />
      <SwitchField title="Enabled" {...own.field('isOn')} />
    </>
  );
}

beforeEach(() => {
  onChange.mockClear();
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());
const show = (element: ReactElement): Promise<void> => act(async () => page.root.render(element));

it('changes the value of each field alone', async () => {
  await show(<KeyForm />);
  await type(one('input'), 'Back');
  await type(one('input[type=number]'), '30');
  await choose(one('select'), 'write');
  await press(one('[role=switch]'));
  expect(form.values).toEqual({ name: 'Back', days: 30, kind: 'write', isOn: true });
  expect(onChange).toHaveBeenCalledTimes(4);
});

it('keeps both of two changes at once', async () => {
  await show(<KeyForm />);
  await act(async () => {
    form.change({ name: 'Back' });
    form.field('days').onChange(7);
  });
  expect(form.values).toEqual({ ...start, name: 'Back', days: 7 });
});

it('shows the error of a field at this field, until the next check', async () => {
  await show(<KeyForm />);
  await act(async () => form.setErrors({ days: 'Enter a whole number.' }));
  const days = one('input[type=number]');
  expect(document.getElementById(days.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
    'Enter a whole number.',
  );
  expect(one('input').getAttribute('aria-invalid')).toBe('false');
  await act(async () => form.setErrors({}));
  expect(texts('.field-error')).toEqual([]);
});

it('that is read-only has fields that cannot be changed', async () => {
  await show(<KeyForm isReadOnly />);
  expect([one<HTMLInputElement>('input').readOnly, one<HTMLInputElement>('input[type=number]').readOnly]).toEqual([
    true,
    true,
  ]);
  expect([one<HTMLSelectElement>('select').disabled, one<HTMLInputElement>('[role=switch]').disabled]).toEqual([
    true,
    true,
  ]);
});

it('connects the fields of a row with the object that its parent stores', () => {
  const rows: Key[] = [];
  const field = fieldsOf(start, (next) => rows.push(next), true);
  field('kind').onChange('write');
  expect(rows).toEqual([{ ...start, kind: 'write' }]);
  expect(field('name')).toMatchObject({ value: 'Front', error: undefined, isReadOnly: true });
});
