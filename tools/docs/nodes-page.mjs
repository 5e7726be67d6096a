const categories = {
  'input-output': 'Input and output',
  model: 'Models',
  documents: 'Documents',
  retrieval: 'Retrieval',
  logic: 'Logic',
  data: 'Data',
  people: 'People and time',
  tools: 'Tools',
  network: 'Network',
  safety: 'Safety',
  other: 'Other',
};

/** Writes docs/nodes.md from the descriptions of the nodes. */
export async function nodesPage() {
  const { describeNode, jsonSchemaOf, NodeRunSettings } = await import('@heddle/core');
  const { standardNodes } = await import('@heddle/nodes');
  const nodes = standardNodes.map(describeNode);
  const sections = Object.entries(categories).flatMap(([category, title]) => {
    const members = nodes.filter((node) => node.category === category);
    return members.length === 0 ? [] : [`## ${title}\n\n${members.map(nodeSection).join('\n')}`];
  });
  return `# Nodes

Every step also has an output \`error\`: connect it, and a failure travels there instead of failing the run. *Optional* inputs may stay unconnected. Each
example is one that the node is tested with; it shows outputs where they are always the same. \`npm run docs\` makes this page from the nodes.

${nodesIndex(nodes)}## How a node runs

Beside its own settings, a node has settings for how it runs: under **Retries and timeouts** in the editor, as \`run\` of the node in a document ([concepts](concepts.md#how-a-node-runs)).

${table('Setting', runSettings(jsonSchemaOf(NodeRunSettings)))}${sections.join('\n')}`;
}

/** Lists the nodes with what they do, by category. */
function nodesIndex(nodes) {
  const rows = Object.entries(categories).flatMap(([category, title]) =>
    nodes.filter((node) => node.category === category).map((node, index) => nodeRow(node, index === 0 ? title : '')),
  );
  return `|  | Node | What it does |\n|---|---|---|\n${rows.join('')}\n`;
}

/** Writes the row of a node in the list of all nodes, with a link to its section. Only the first row of a category names the category. */
export function nodeRow({ title, type, summary }, category = '') {
  const anchor = `${title} ${type}`
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  return `| ${category} | [${title}](#${anchor}) | ${summary} |\n`;
}

/** Writes the section of a node from its description. */
export function nodeSection(node) {
  return `### ${node.title} \`${node.type}\`

${node.summary}

${node.help ?? ''}

${table('Setting', settings(node))}${table('Input', node.inputs.map(port))}${table('Output', node.outputs.map(port))}${node.hasDynamicPorts ? 'Further ports follow from the settings.\n\n' : ''}${example(node)}`;
}

/** Writes each part of an example on its own line, so that it can be read and copied. */
function example({ example: shown }) {
  if (shown === undefined) return '';
  const parts = ['config', 'inputs', 'outputs'].filter((part) => shown[part] !== undefined);
  const lines = parts.map((part) => `  ${JSON.stringify(part)}: ${spaced(shown[part])}`);
  return `Example:\n\n\`\`\`json\n{\n${lines.join(',\n')}\n}\n\`\`\`\n`;
}

/** Writes JSON on one line with spaces. */
function spaced(value) {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${spaced(inner)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Lists the run settings of a node; nested fields have a dotted path. */
function runSettings(schema, prefix = '') {
  const definition = (part) => schema.$defs?.[part.$ref?.replace('#/$defs/', '')] ?? part;
  return Object.entries(definition(schema).properties).flatMap(([name, part]) => {
    const inner = definition(part);
    if (inner.properties !== undefined) return runSettings({ ...inner, $defs: schema.$defs }, `${name}.`);
    const standard = inner.default === undefined ? (inner.placeholder ?? '') : `\`${JSON.stringify(inner.default)}\``;
    return [[`\`run.${prefix}${name}\``, meaning(inner), standard]];
  });
}

/** Explains a setting, with the unit of its stored value. */
function meaning({ title, description, widget }) {
  const unit = widget === 'duration' ? 'In milliseconds' : undefined;
  return [title, description?.replace(/\.$/, ''), unit].filter((text) => text !== undefined).join('. ');
}

function settings(node) {
  return Object.entries(node.config.properties ?? {}).map(([name, schema]) => [
    `\`${name}\``,
    [schema.title, schema.description, choices(schema), schema.widget === 'duration' ? 'In milliseconds.' : undefined]
      .filter((text) => text !== undefined)
      .join('. ')
      .replaceAll('.. ', '. '),
    node.defaults[name] === undefined ? '' : `\`${short(JSON.stringify(node.defaults[name]))}\``,
  ]);
}

/** Lists the values of a setting with their labels in the editor. */
function choices({ enum: values, labels = {} }) {
  return values?.map((value) => `\`${value}\`${labels[value] === undefined ? '' : ` (${labels[value]})`}`).join(', ');
}

function port(described) {
  const kind =
    described.mode === 'one'
      ? described.type
      : `${described.type}, ${described.mode === 'many' ? 'several edges' : 'stream'}`;
  return [`\`${described.name}\``, `${kind}${described.isOptional ? ', optional' : ''}`, described.title ?? ''];
}

function table(title, rows) {
  if (rows.length === 0) return '';
  const columns = title === 'Setting' ? ['Setting', 'Meaning', 'Default'] : [title, 'Type', ''];
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return `${line(columns)}\n|---|---|---|\n${rows.map(line).join('\n')}\n\n`;
}

function short(text) {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
