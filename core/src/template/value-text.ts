import { isFloat32Array } from '../values/is-float32-array.js';
import { HeddleError } from '../errors/heddle-error.js';
import { isPlainObject } from '../values/json/json.js';
import { type Message, type Passage } from '../values/values.js';

/** Formats any value as text for a prompt: a text unchanged, passages as a numbered list, messages by role, everything else as JSON. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length > 0) {
    const list: readonly unknown[] = value;
    if (list.every(isPassage)) return passagesText(list);
    if (list.every(isMessage)) return list.map((message) => `${message.role}: ${messageText(message)}`).join('\n\n');
    if (list.every((entry) => typeof entry === 'string')) return list.join('\n');
  }
  return jsonText(value);
}

/**
 * Formats passages as a numbered list with their titles; citations such as [1] refer to these numbers. With `isBestLast`, the list is
 * reversed but keeps its numbers, so that the best passage is next to the text that follows.
 */
export function passagesText(passages: readonly Pick<Passage, 'text' | 'title'>[], isBestLast = false): string {
  const numbered = passages.map(
    ({ text, title }, index) =>
      `[${index + 1}] ${title === undefined || title === '' ? '' : `${title}\n`}${text.trim()}`,
  );
  return (isBestLast ? numbered.reverse() : numbered).join('\n\n');
}

/** Returns the text of a message. Files and images appear as names in brackets. */
export function messageText(message: Pick<Message, 'content'>): string {
  if (typeof message.content === 'string') return message.content;
  return message.content
    .map((part) => (part.type === 'text' ? part.text : `[${part.type}: ${part.file.name}]`))
    .join('\n');
}

function jsonText(value: unknown): string {
  if (isFloat32Array(value)) return jsonText(Array.from(value));
  try {
    return JSON.stringify(value) ?? '';
  } catch (cause) {
    throw new HeddleError(
      'template_invalid',
      'A value in the template cannot be converted to JSON: it contains itself or is nested too deeply.',
      { cause },
    );
  }
}

function isPassage(value: unknown): value is Passage {
  return (
    isPlainObject(value) &&
    typeof value['id'] === 'string' &&
    typeof value['document'] === 'string' &&
    typeof value['text'] === 'string'
  );
}

function isMessage(value: unknown): value is Message {
  return (
    isPlainObject(value) &&
    typeof value['role'] === 'string' &&
    (typeof value['content'] === 'string' || Array.isArray(value['content']))
  );
}
