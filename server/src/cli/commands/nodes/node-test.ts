import { HeddleError } from '@heddle/core';
import { checkNode } from '@heddle/core/testing';
import { loadCustomNodes } from '@heddle/adapters/custom-nodes';
import { print, printJson, printToStderr } from '../../output.js';

/** `heddle node test`: loads custom nodes as the server does, and checks each of them. */
export async function nodeTest(path: string, options: { readonly json?: true }): Promise<void> {
  const nodes = await loadCustomNodes([path]);
  if (nodes.length === 0)
    throw new HeddleError('custom_nodes_invalid', `${path} exports no nodes: export what defineNode gives.`);
  const reports = await Promise.all(nodes.map(async (node) => ({ type: node.type, problems: await checkNode(node) })));
  if (options.json === true) printJson(reports);
  for (const { type, problems } of reports) {
    if (options.json !== true && problems.length === 0) print(`${type}: fine`);
    for (const problem of problems) printToStderr(`${type}: ${Object.values(problem).join(': ')}`);
  }
  if (reports.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}
