import { HeddleError } from '../errors/heddle-error.js';
import { formatPath, readPath } from '../expression/path.js';
import { isPlainObject } from '../values/json.js';
import { parseTemplate, type TemplatePart } from './parse-template.js';
import { valueText } from './value-text.js';

/** Longest text that a template may become, in characters. */
const maxRenderedLength = 10_000_000;

/** Deepest nesting of a JSON template. */
const deepestTemplate = 64;

/**
 * Fills a template in one pass: what is inserted is never read as a template again.
 * Errors: `template_invalid`, naming the value that is missing.
 *
 * @example renderTemplate('Dear {{ customer.name }}', { customer: { name: 'Ada' } }) // 'Dear Ada'
 */
export function renderTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  return renderParts(parseTemplate(template), values);
}

/** Fills a template that was taken apart before. Errors: `template_invalid`. */
function renderParts(parts: readonly TemplatePart[], values: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const part of parts) {
    text += part.type === 'text' ? part.text : valueText(valueOf(part, values));
    if (text.length > maxRenderedLength) {
      throw new HeddleError(
        'template_invalid',
        `The filled template is longer than ${maxRenderedLength} characters: insert less.`,
      );
    }
  }
  return text;
}

/**
 * Fills every text inside a JSON value. A text that is one placeholder and nothing else becomes the value itself, type kept;
 * an optional one that is missing leaves its key out. Errors: `template_invalid`.
 *
 * @example fillTemplate({ total: '{{ sum }}', note: 'for {{ name }}' }, { sum: 3, name: 'Ada' }) // { total: 3, note: 'for Ada' }
 */
export function fillTemplate(template: unknown, values: Readonly<Record<string, unknown>>): unknown {
  return fill(template, values, 0);
}

/** Every text inside a JSON template, for the ports that follow from it. */
export function templateTexts(template: unknown, depth = 0): readonly string[] {
  if (typeof template === 'string') return [template];
  if (depth >= deepestTemplate) throw tooDeep();
  if (Array.isArray(template)) return template.flatMap((entry: unknown) => templateTexts(entry, depth + 1));
  return isPlainObject(template) ? Object.values(template).flatMap((entry) => templateTexts(entry, depth + 1)) : [];
}

function fill(template: unknown, values: Readonly<Record<string, unknown>>, depth: number): unknown {
  if (typeof template === 'string') return fillText(template, values);
  if (depth >= deepestTemplate) throw tooDeep();
  if (Array.isArray(template))
    return template.map((entry: unknown) => fill(entry, values, depth + 1)).filter((entry) => entry !== undefined);
  if (!isPlainObject(template)) return template;
  const entries = Object.entries(template).map(([key, entry]) => [key, fill(entry, values, depth + 1)] as const);
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
}

function fillText(template: string, values: Readonly<Record<string, unknown>>): unknown {
  const parts = parseTemplate(template);
  const [only] = parts;
  return parts.length === 1 && only?.type === 'value' ? valueOf(only, values) : renderParts(parts, values);
}

function valueOf(part: Extract<TemplatePart, { type: 'value' }>, values: Readonly<Record<string, unknown>>): unknown {
  const found = readPath(values, part.path);
  if (found.found) return found.value;
  if (part.isOptional) return undefined;
  const name = formatPath(part.path);
  const known = Object.keys(values);
  throw new HeddleError(
    'template_invalid',
    `The template asks for '${name}', which is not there: ${known.length === 0 ? 'no values arrived' : `these arrived: ${known.slice(0, 20).join(', ')}`}. Write {{ ${name}? }} where it may be missing.`,
    { details: { path: name, position: part.position } },
  );
}

function tooDeep(): HeddleError {
  return new HeddleError(
    'template_invalid',
    `The JSON template is nested deeper than ${deepestTemplate}: make it flatter.`,
  );
}
