import { jsonSchemaOf, schemaOfType, takesFiles, type PortDescription } from '@heddle/core';
import { html, type Html } from './html.js';
import { memberRows, schemaRows, type SchemaRow } from './schema-rows.js';
import { Schema } from './schema-text.js';

/** Named shapes, such as `Message`, by name. */
export type Shapes = ReadonlyMap<string, Schema>;

/** Collects the shapes that ports name, including nested ones. */
export function shapesOf(ports: readonly PortDescription[]): Shapes {
  const found = new Map<string, Schema>();
  const { $defs: _inside, ...file } = jsonSchemaOf(schemaOfType('File'));
  if (ports.some(takesFiles)) found.set('FileRef', file);
  for (const port of ports)
    for (const [name, shape] of Object.entries(Schema.catch({}).parse(schemaOf(port)['$defs'])))
      found.set(name, Schema.catch({}).parse(shape));
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Renders the inputs or outputs of a workflow as a table. */
export function schemaTable(ports: readonly PortDescription[], side: 'inputs' | 'outputs', shapes: Shapes): Html {
  if (ports.length === 0) return html`<p class="quiet">No ${side}.</p>`;
  return table(
    `Table of ${side}`,
    ports.flatMap((port) => rowsOf(port, side)),
    shapes,
  );
}

/** Renders a named shape as a table of its members. */
export function shapeTable(name: string, shape: Schema, shapes: Shapes): Html {
  const rows = memberRows('', shape);
  return rows.length === 0
    ? html`<p>${schemaRows(name, shape, true).map(({ choices }) => html`One of ${choiceList(choices)}.`)}</p>`
    : table(`Members of ${name}`, rows, shapes);
}

const schemaOf = (port: PortDescription): Schema => port.schema ?? jsonSchemaOf(schemaOfType(port.type));

function rowsOf(port: PortDescription, side: 'inputs' | 'outputs'): readonly SchemaRow[] {
  const isRequired = side === 'outputs' || (!port.isOptional && port.default === undefined);
  const about = [
    port.title === port.name ? undefined : port.title,
    port.help,
    side === 'inputs' && takesFiles(port)
      ? 'A part of a multipart body, a data URL, or a FileRef of an upload.'
      : undefined,
  ].filter((part) => part !== undefined);
  const own = { about: about.length === 0 ? undefined : about.map(sentence).join(' '), default: port.default };
  const rows = schemaRows(port.name, schemaOf(port), isRequired);
  // If the type of a port is a named shape, its schema does not contain the name.
  const isFile = /^(?:File|Image)$/.test(port.type);
  const shown = isFile ? rows.slice(0, 1).map((row) => ({ ...row, type: 'FileRef' })) : rows;
  return shown.map((row, index) => (index === 0 ? { ...row, ...own } : row));
}

function table(name: string, rows: readonly SchemaRow[], shapes: Shapes): Html {
  return html`<div class="table-frame" tabindex="0" role="region" aria-label="${name}">
    <table class="schema">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">About</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => rowHtml(row, shapes))}
      </tbody>
    </table>
  </div>`;
}

function rowHtml(
  { name, depth, type, isRequired, about, choices, bounds, default: usual }: SchemaRow,
  shapes: Shapes,
): Html {
  const facts = [
    about === undefined ? undefined : html`<span>${sentence(about)}</span>`,
    choices.length === 0 ? undefined : html`<span>One of ${choiceList(choices)}.</span>`,
    bounds === undefined ? undefined : html`<span class="quiet">${bounds}</span>`,
    usual === undefined ? undefined : html`<span class="quiet">else <code>${JSON.stringify(usual)}</code></span>`,
  ].filter((fact) => fact !== undefined);
  return html`<tr data-depth="${depth}">
    <td><code>${name}</code></td>
    <td>${typeHtml(type, shapes)}${isRequired ? undefined : html` <span class="quiet">optional</span>`}</td>
    <td>${facts.map((fact) => html`${fact} `)}</td>
  </tr>`;
}

const typeHtml = (type: string, shapes: Shapes): Html =>
  html`${type.split(/\b/).map((word) => (shapes.has(word) ? html`<a href="#shape-${word}">${word}</a>` : word))}`;

const choiceList = (choices: readonly string[]): Html =>
  html`${choices.slice(0, 50).map((choice, at) => html`${at === 0 ? '' : ', '}<code>${choice}</code>`)}`;

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
