import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeRow } from '../docs/nodes-page.mjs';
import { editFile, insertBefore, insertSorted } from './edit-file.mjs';
import { toIdentifier, toTitle } from './names.mjs';

/**
 * Creates a node of the category `data`, its spec and its section in `docs/nodes.md`, and adds it to the library. Returns the paths of
 * changed files. A node of another category must be moved to the folder of that category.
 */
export function newNode(root, name) {
  const title = toTitle(name);
  const identifier = isReserved(name) ? `${name}Node` : toIdentifier(name);
  const paths = [
    `nodes/src/data/${name}.node.ts`,
    `nodes/src/data/${name}.node.spec.ts`,
    'nodes/src/index.ts',
    'docs/nodes.md',
  ];
  const [node, spec, index, page] = paths.map((path) => join(root, path));
  writeFileSync(node, nodeText(name, identifier, title), { flag: 'wx' });
  writeFileSync(spec, specText(name, identifier), { flag: 'wx' });
  editFile(index, (text) => addToLibrary(text, name, identifier));
  editFile(page, (text) => addToPage(text, name, title));
  return paths;
}

function isReserved(name) {
  try {
    new Function(`const ${toIdentifier(name)} = 1;`);
    return false;
  } catch {
    return true;
  }
}

function addToLibrary(text, name, identifier) {
  const imported = insertSorted(
    text,
    /^import .+\.node\.js';$/,
    `import { ${identifier} } from './data/${name}.node.js';`,
  );
  const exported = insertBefore(imported, '\nexport {\n', '};\n', `  ${identifier},\n`);
  return insertBefore(exported, 'export const standardNodes', '];\n', `  ${identifier},\n`);
}

/** Adds what `npm run docs` writes about the node: a row in the list and a section. */
function addToPage(text, name, title) {
  const row = nodeRow({ title, type: name, summary: 'Writes a prefix before a text.' });
  const listed = insertBefore(text, '\n| Data |', '| People and time |', row);
  return insertBefore(listed, '\n## Data\n', '\n## ', `\n${sectionText(name, title)}`);
}

function nodeText(name, identifier, title) {
  return `import { defineNode, Text } from '@heddle/core';
import { z } from 'zod';

/** Writes a prefix before a text. */
export const ${identifier} = defineNode({
  type: '${name}',
  version: 1,
  category: 'data',
  title: '${title}',
  summary: 'Writes a prefix before a text.',
  icon: 'braces',
  role: 'step',
  effects: [],
  help: 'Writes **Prefix** before the text.',
  config: z.object({ prefix: z.string().default('').meta({ title: 'Prefix' }) }),
  inputs: { text: Text },
  outputs: { text: Text },
  example: { config: { prefix: 'Note: ' }, inputs: { text: 'it works' }, outputs: { text: 'Note: it works' } },
  run: ({ config, inputs }) => ({ text: \`\${config.prefix}\${inputs.text}\` }),
});
`;
}

function specText(name, identifier) {
  return `import { describe, expect, it } from '@jest/globals';
import { runNode } from '@heddle/core/testing';
import { ${identifier} } from './${name}.node.js';

describe('${name}', () => {
  it('writes the prefix before the text', async () => {
    const { outputs } = await runNode(${identifier}, { config: { prefix: 'Note: ' }, inputs: { text: 'it works' } });
    expect(outputs).toEqual({ text: 'Note: it works' });
  });
});
`;
}

function sectionText(name, title) {
  return `### ${title} \`${name}\`

Writes a prefix before a text.

Writes **Prefix** before the text.

| Setting | Meaning | Default |
|---|---|---|
| \`prefix\` | Prefix | \`""\` |

| Input | Type |  |
|---|---|---|
| \`text\` | Text |  |

| Output | Type |  |
|---|---|---|
| \`text\` | Text |  |

Example:

\`\`\`json
{
  "config": { "prefix": "Note: " },
  "inputs": { "text": "it works" },
  "outputs": { "text": "Note: it works" }
}
\`\`\`
`;
}
