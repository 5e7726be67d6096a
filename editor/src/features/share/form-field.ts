import type { SharedInput } from '@heddle/core';
import { h, type Child } from './dom.js';
import { sizeWords } from './given-file.js';

/** The value of a field: a value, files, nothing, or an error. */
export type FieldValue =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'files'; readonly files: readonly File[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'problem'; readonly words: string };

export interface FormField {
  readonly name: string;
  readonly element: HTMLElement;
  read(): FieldValue;
  /** Shows an error; an empty text removes it. */
  say(problem: string): void;
  focus(): void;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Made {
  readonly control: Control;
  readonly hint?: string;
  readonly read: () => FieldValue;
}

const nothing: FieldValue = { kind: 'nothing' };
const given = (value: unknown): FieldValue => ({ kind: 'value', value });
const problem = (words: string): FieldValue => ({ kind: 'problem', words });

/** A form field for an input, by its type and JSON schema. */
export function createField(input: SharedInput, maxFileBytes: number): FormField {
  const { name, title, help, isRequired, type } = input;
  const { control, read, hint } = controlOf(input, maxFileBytes);
  const id = `field-${name}`;
  const describe = [help, hint].filter((words) => words !== undefined && words !== '').join(' ');
  const about = describe === '' ? undefined : h('p', { class: 'quiet', id: `${id}-help` }, describe);
  const wrong = h('p', { class: 'problem', id: `${id}-problem`, hidden: true });
  control.id = id;
  control.setAttribute('aria-describedby', [about?.id, wrong.id].filter((part) => part !== undefined).join(' '));
  if (isRequired && type !== 'Boolean') control.setAttribute('aria-required', 'true');
  const words = title ?? name;
  const optional = isRequired || type === 'Boolean' ? undefined : h('span', { class: 'quiet' }, ' (optional)');
  const label = h('label', { for: id }, words, optional);
  const parts: Child[] = type === 'Boolean' ? [h('div', { class: 'check' }, control, label)] : [label, control];
  return {
    name,
    element: h('div', { class: 'field' }, ...parts, about, wrong),
    read: () => {
      const value = read();
      return value.kind === 'nothing' && isRequired ? problem(`${words} is required.`) : value;
    },
    say: (text) => {
      wrong.textContent = text;
      wrong.hidden = text === '';
      control.setAttribute('aria-invalid', String(text !== ''));
    },
    focus: () => control.focus(),
  };
}

function controlOf(input: SharedInput, maxFileBytes: number): Made {
  const { type, schema } = input;
  const first = input.default;
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(String) : [];
  if (choices.length > 0) return select(choices, first);
  switch (type) {
    case 'Text':
      return text(first, schema['maxLength']);
    case 'Number':
      return number(first);
    case 'Boolean': {
      const control = h('input', { type: 'checkbox', checked: first === true });
      return { control, read: () => given(control.checked) };
    }
    case 'Text[]':
    case 'Number[]':
      return lines(first, type === 'Number[]');
    case 'File':
    case 'Image':
    case 'File[]':
    case 'Image[]':
      return files(type, maxFileBytes);
    case 'Messages': {
      const made = text(undefined, undefined);
      const read = (): FieldValue => {
        const said = made.read();
        return said.kind === 'value' ? given([{ role: 'user', content: said.value }]) : said;
      };
      return { ...made, read };
    }
    default:
      return json(first);
  }
}

function select(choices: readonly string[], first: unknown): Made {
  const options = choices.map((choice) => h('option', { value: choice, selected: choice === first }, choice));
  const control = h('select', {}, h('option', { value: '' }, 'Choose…'), ...options);
  return { control, read: () => (control.value === '' ? nothing : given(control.value)) };
}

function text(first: unknown, maxLength: unknown): Made {
  const most = typeof maxLength === 'number' ? maxLength : undefined;
  const control = area(typeof first === 'string' ? first : '', 1);
  const read = (): FieldValue => {
    if (control.value.trim() === '') return nothing;
    return most !== undefined && control.value.length > most
      ? problem(`At most ${most} characters; this has ${control.value.length}.`)
      : given(control.value);
  };
  return { control, read };
}

function number(first: unknown): Made {
  const value = typeof first === 'number' ? first : undefined;
  const control = h('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', value });
  const read = (): FieldValue => {
    const words = control.value.trim();
    if (words === '') return nothing;
    const read = Number(words.replace(',', '.'));
    return Number.isFinite(read) ? given(read) : problem('Enter a number.');
  };
  return { control, read };
}

function lines(first: unknown, areNumbers: boolean): Made {
  const control = area(Array.isArray(first) ? first.map(String).join('\n') : '', 3);
  const read = (): FieldValue => {
    const parts = control.value.split('\n').map((line) => line.trim());
    const words = parts.filter((line) => line !== '');
    if (words.length === 0) return nothing;
    const wrong = areNumbers ? words.find((line) => !Number.isFinite(Number(line))) : undefined;
    if (wrong !== undefined) return problem(`'${wrong.slice(0, 40)}' is not a number.`);
    return given(areNumbers ? words.map(Number) : words);
  };
  return { control, read, hint: 'One per line.' };
}

function files(type: string, maxFileBytes: number): Made {
  const isMany = type.endsWith('[]');
  const accept = type.startsWith('Image') ? 'image/*' : undefined;
  const control = h('input', { type: 'file', multiple: isMany, accept });
  const read = (): FieldValue => {
    const chosen = [...(control.files ?? [])];
    const large = chosen.find(({ size }) => size > maxFileBytes);
    if (large !== undefined) return problem(`'${large.name}' is larger than ${sizeWords(maxFileBytes)}.`);
    return chosen.length === 0 ? nothing : { kind: 'files', files: chosen };
  };
  return { control, read, hint: `At most ${sizeWords(maxFileBytes)}${isMany ? ' each' : ''}.` };
}

function json(first: unknown): Made {
  const control = area(first === undefined ? '' : JSON.stringify(first, null, 2), 5);
  control.spellcheck = false;
  control.classList.add('mono');
  const read = (): FieldValue => {
    if (control.value.trim() === '') return nothing;
    try {
      return given(JSON.parse(control.value));
    } catch (error) {
      return problem(`This is not valid JSON: ${error instanceof Error ? error.message : ''}`);
    }
  };
  return { control, read, hint: 'As JSON.' };
}

/** A text area that grows with its content. */
function area(value: string, rows: number): HTMLTextAreaElement {
  const fit = (): void => {
    control.style.height = 'auto';
    control.style.height = `${Math.min(480, control.scrollHeight + 2)}px`;
  };
  const control: HTMLTextAreaElement = h('textarea', { rows, on: { input: fit } }, value);
  return control;
}
