import { HeddleError, toErrorValue, type NodeDefinition } from '@heddle/core';
import { lendPackages } from '../lend-packages.js';
import { loadModule } from '../load-custom-nodes.js';
import type { FromNodes, ToNodes } from '../wire/messages.js';
import { closeExits } from './close-exits.js';
import { describeDefinition, readConfig } from './describe-nodes.js';
import { openNumberFrames } from './number-frames.js';
import { ChildExecution } from './serve-execution.js';

/**
 * The process of a package of custom nodes. It is started with the package's name, the module with its nodes, and its folder. It runs under
 * Node's permission model, without an environment; the pipes 3 and 4 are its only way out.
 */
const [entry = '', file = '', folder = ''] = process.argv.slice(2);
const executions = new Map<string, ChildExecution>();
// Messages of the server are trusted.
const sendFrame = openNumberFrames((message) => receive(message as ToNodes));
const send = (message: FromNodes): void => sendFrame(message);

let nodes: Promise<ReadonlyMap<string, NodeDefinition>> | undefined;
const load = (): Promise<ReadonlyMap<string, NodeDefinition>> =>
  (nodes ??= loadModule({ file, folder }, entry).then((all) => new Map(all.map((node) => [node.type, node]))));

function receive(message: ToNodes): void {
  switch (message.kind) {
    case 'ping': {
      send({ kind: 'pong' });
      return;
    }
    case 'describe':
      return void answer(message.id, async () => [...(await load()).values()].map(describeDefinition));
    case 'read':
      return void answer(message.id, async () =>
        readConfig(await definitionOf(message.type), message.config, message.isParsed),
      );
    case 'migrate':
      return void answer(message.id, async () =>
        (await definitionOf(message.type)).migrate?.(message.config, message.from),
      );
    case 'run':
      return void run(message);
    default:
      executions.get(message.run)?.receive(message);
  }
}

async function definitionOf(type: string): Promise<NodeDefinition> {
  const definition = (await load()).get(type);
  if (definition === undefined) throw new HeddleError('internal', `The package has no node '${type}'.`);
  return definition;
}

async function answer(id: number, make: () => Promise<unknown>): Promise<void> {
  try {
    send({ kind: 'answer', id, value: await make() });
  } catch (error) {
    send({ kind: 'answer', id, error: toErrorValue(error, 'custom_nodes_invalid') });
  }
}

async function run(request: Extract<ToNodes, { kind: 'run' }>): Promise<void> {
  const execution = new ChildExecution(request, send);
  executions.set(request.run, execution);
  try {
    const definition = await definitionOf(request.type);
    await execution.serve(definition, request.isParsed ? request.config : definition.config.parse(request.config));
  } catch (error) {
    send({ kind: 'end', run: request.run, error: toErrorValue(error, 'node_failed') });
  } finally {
    executions.delete(request.run);
  }
}

// Called while hooks can still be registered.
lendPackages(folder);
closeExits();
