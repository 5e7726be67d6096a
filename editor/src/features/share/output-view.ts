import type { SharedPage, SharedRun } from '@heddle/core';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { h } from './dom.js';
import { givenFile } from './given-file.js';
import { markdown } from './markdown.js';
import { isFileRef, isSources, sourcesOf } from './read-outputs.js';
import { createSources } from './sources.js';

const mostRows = 500;
const mostText = 60_000;

/** The outputs of a run so far, each in a matching form. */
export function outputViews(
  outputs: SharedPage['outputs'],
  run: SharedRun,
  readFile: (id: string) => Promise<Blob>,
): readonly Node[] {
  const sources = createSources(sourcesOf(run));
  const views = outputs.flatMap(({ name, title }) => {
    const value = Object.hasOwn(run.outputs, name) ? run.outputs[name] : undefined;
    if (value === undefined || isSources(value)) return [];
    const heading = outputs.length > 1 ? h('h2', {}, title ?? name) : undefined;
    const shown = oneView(value, readFile, (number) => sources.mark(number));
    return [h('section', { class: 'output', dir: 'auto', 'aria-label': title ?? name }, heading, ...shown)];
  });
  return sources.element === undefined ? views : [...views, sources.element];
}

function oneView(
  value: unknown,
  readFile: (id: string) => Promise<Blob>,
  mark: (number: number) => Node | undefined,
): readonly Node[] {
  if (typeof value === 'string') return markdown(value, mark);
  if (typeof value === 'number' || typeof value === 'boolean') return [h('p', { class: 'figure' }, words(value))];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (all.length > 0 && all.every((entry) => isFileRef(entry))) return all.map((file) => givenFile(file, readFile));
  if (Array.isArray(value) && value.length > 0) {
    if (all.every((entry) => isRow(entry))) return [table(all)];
    if (all.every((entry) => typeof entry !== 'object'))
      return [h('ul', {}, ...all.map((entry) => h('li', {}, words(entry))))];
  }
  const text = JSON.stringify(value, null, 2);
  return [h('pre', { tabindex: 0, 'aria-label': 'Data' }, visibleText(text.slice(0, mostText)))];
}

const isRow = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function table(rows: readonly Readonly<Record<string, unknown>>[]): HTMLElement {
  const columns = [...new Set(rows.slice(0, 100).flatMap((row) => Object.keys(row)))].slice(0, 40);
  const cell = (row: Readonly<Record<string, unknown>>, column: string): string =>
    Object.hasOwn(row, column) ? words(row[column]) : '';
  const head = h('tr', {}, ...columns.map((column) => h('th', { scope: 'col' }, visibleText(column))));
  const body = rows
    .slice(0, mostRows)
    .map((row) => h('tr', {}, ...columns.map((column) => h('td', {}, cell(row, column)))));
  const more = rows.length > mostRows ? h('p', { class: 'quiet' }, `${rows.length - mostRows} more rows.`) : undefined;
  const whole = h('table', {}, h('thead', {}, head), h('tbody', {}, ...body));
  return h('div', { class: 'value-scroll', tabindex: 0, role: 'region', 'aria-label': 'Table' }, whole, more);
}

const words = (value: unknown): string =>
  visibleText(
    (typeof value === 'string' ? value : value === undefined ? '' : (JSON.stringify(value) ?? '')).slice(0, 2_000),
  );
