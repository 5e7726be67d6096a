import { describe, expect, it } from '@jest/globals';
import { createCatalog, defineNode, ToolServer, type ModelState } from '@heddle/core';
import { z } from 'zod';
import { silentLog } from '../common/log.js';
import { createCapabilities } from './capabilities.js';

const node = (type: string, version: number) =>
  defineNode({
    type,
    version,
    category: 'other',
    title: type,
    summary: 'For tests.',
    role: 'step',
    effects: [],
    config: z.object({}),
    inputs: {},
    outputs: {},
    run: () => ({}),
  });
const model = (id: string, status: ModelState['status']) => ({ card: { id }, status }) as ModelState;
const server = (id: string, transport: object) => ToolServer.parse({ id, transport });

describe('the capabilities of a process', () => {
  function open() {
    const state = {
      catalog: createCatalog([node('old', 1), node('new', 3)]),
      models: () =>
        Promise.resolve([
          model('ready', 'ready'),
          model('absent', 'absent'),
          model('loaded', 'loaded'),
          model('checking', 'checking'),
          model('invalid', 'invalid'),
        ]),
      servers: [
        server('here', { kind: 'stdio', command: process.execPath }),
        server('gone', { kind: 'stdio', command: '/nowhere/at-all' }),
        server('web', { kind: 'http', url: 'https://example.com' }),
      ],
    };
    const capabilities = createCapabilities({
      catalog: { list: () => state.catalog.list() },
      models: {
        get: () => Promise.resolve({ list: () => state.models() }),
        isOpen: true,
        close: () => Promise.resolve(),
      },
      tools: { registry: { view: () => Promise.resolve({ servers: state.servers } as never) } },
      zones: ['dmz'],
      log: silentLog,
    });
    return { state, capabilities };
  }

  it('are its nodes in all versions that it can migrate, its models, its commands, and its zones', async () => {
    const { capabilities } = open();
    expect(capabilities.now()).toEqual(['zone:dmz']);
    await capabilities.refresh();
    expect(capabilities.now()).toEqual([
      ...['model:checking', 'model:loaded', 'model:ready'],
      ...['node:new@1', 'node:new@2', 'node:new@3', 'node:old@1', 'tool:here', 'zone:dmz'],
    ]);
  });

  it('follow changes, and stay as they were when a change cannot be read', async () => {
    const { state, capabilities } = open();
    await capabilities.refresh();
    state.catalog.replace(['old'], [node('@acme/nodes/join', 1)]);
    state.models = () => Promise.reject(new Error('the folder is away'));
    state.servers = [];
    await capabilities.refresh();
    expect(capabilities.now()).toEqual([
      ...['model:checking', 'model:loaded', 'model:ready'],
      ...['node:@acme/nodes/join@1', 'node:new@1', 'node:new@2', 'node:new@3', 'zone:dmz'],
    ]);
    state.models = () => Promise.resolve([]);
    await capabilities.refresh();
    expect(capabilities.now().filter((each) => each.startsWith('model:'))).toEqual([]);
  });
});
