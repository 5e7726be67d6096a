import { describeNode } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './built-program.js';

const sections = readFileSync(join(root, 'docs/nodes.md'), 'utf8').split(/^### /m);

it.each(standardNodes.map((node) => [node.type, node] as const))(
  'the page of the nodes shows the example of %s',
  (type, node) => {
    const section = sections.find((text) => text.split('\n')[0]?.endsWith(` \`${type}\``)) ?? '';
    const [, example = 'null'] = /^Example:\n\n```json\n([^]*?)\n```$/m.exec(section) ?? [];
    expect(JSON.parse(example)).toEqual(describeNode(node).example);
  },
);
