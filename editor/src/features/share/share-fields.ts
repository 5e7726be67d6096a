import type { SharedInput, SharedPage } from '@heddle/core';
import { formatBytes } from '../../ui/format/format-bytes.js';
import type { FormFiles } from '../../ui/schema-form/form-files.js';
import { jsonSchemaField } from '../../ui/schema-form/json-schema-field.js';
import type { FormField } from '../../ui/schema-form/read-fields.js';
import type { Question } from '../chat-kit/index.js';

const kinds: Readonly<Record<string, FormField['kind']>> = {
  Text: 'long-text',
  Number: 'number',
  Boolean: 'switch',
  'Text[]': 'lines',
  'Number[]': 'number-lines',
  File: 'file',
  'File[]': 'file',
  Image: 'image',
  'Image[]': 'image',
  Messages: 'long-text',
};

/** The form field of an input of a share page. */
export function shareField(input: SharedInput, maxFileBytes: number): FormField {
  const { name, title = name, help = '', type, isRequired, schema } = input;
  const field = jsonSchemaField(name, { ...schema, title, default: undefined }, isRequired);
  const kind = field.kind === 'choice' ? 'choice' : (kinds[type] ?? 'json');
  const isList = type.endsWith('[]');
  const isFile = kind === 'file' || kind === 'image';
  const hint = isFile
    ? `At most ${formatBytes(maxFileBytes)}${isList ? ' each' : ''}.`
    : kind === 'json'
      ? 'As JSON.'
      : isList
        ? 'One per line.'
        : '';
  const about = [help, hint].filter((text) => text !== '').join(' ');
  return {
    ...field,
    kind,
    isList,
    help: about === '' ? undefined : about,
    isRequired: isRequired || kind === 'switch',
    mayBeEmpty: !isRequired,
    initial: kind === 'switch' ? String(input.default === true) : initialText(input.default, kind),
    check: isFile || type === 'Messages' ? undefined : field.check,
  };
}

function initialText(value: unknown, kind: FormField['kind']): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  const isLines = kind === 'lines' || kind === 'number-lines';
  return isLines && Array.isArray(value) ? value.join('\n') : JSON.stringify(value, null, 2);
}

/** The request to run the workflow, from the values and files of a form. */
export function questionOf(
  inputs: SharedPage['inputs'],
  values: Readonly<Record<string, unknown>>,
  files: FormFiles,
): Question {
  const question = { inputs: {} as Record<string, unknown>, files: {} as Record<string, readonly File[]> };
  for (const { name, type } of inputs) {
    if (!Object.hasOwn(values, name)) continue;
    const value = values[name];
    if (/^(?:File|Image)/.test(type)) question.files[name] = files.filesOf(value);
    else question.inputs[name] = type === 'Messages' ? [{ role: 'user', content: value }] : value;
  }
  return question;
}
