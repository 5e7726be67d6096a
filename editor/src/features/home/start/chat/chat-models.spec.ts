import { describe, expect, it } from '@jest/globals';
import type { ConnectionReply, ModelState } from '@heddle/core';
import { chatModels } from './chat-models.js';

const model = (id: string, kind: string, status: string, isStarter = false): ModelState =>
  ({ card: { id, kind, isStarter }, status, bytes: 1, files: [] }) as unknown as ModelState;
const starters = (status: string) => [model('mini', 'embed', status, true), model('small', 'generate', status, true)];
const connection = (facts: Partial<ConnectionReply>): ConnectionReply =>
  ({ id: 'lan', isEnabled: true, isLocal: true, models: [{ name: 'big', kind: 'generate' }], ...facts }) as never;

describe('the models of a chat with documents', () => {
  it('are those of this machine, an added language model before the starter model', () => {
    expect(chatModels(starters('ready'), [])).toEqual({ kind: 'ready', embedding: 'mini', model: 'small' });
    expect(chatModels([...starters('ready'), model('added', 'generate', 'loaded')], [])).toMatchObject({
      model: 'added',
    });
  });

  it('can be those of a local connection, and never of a remote or disabled one', () => {
    const [mini] = starters('ready');
    const known = [mini as ModelState, model('small', 'generate', 'absent', true)];
    expect(chatModels(known, [connection({})])).toMatchObject({ kind: 'ready', model: 'lan/big' });
    expect(chatModels(known, [connection({ isLocal: false })])).toMatchObject({ kind: 'download' });
    expect(chatModels(known, [connection({ isEnabled: false })])).toMatchObject({ kind: 'download' });
  });

  it('are downloaded first when they are missing', () => {
    const needed = (models: readonly ModelState[]) => {
      const found = chatModels(models, []);
      return found.kind === 'download' ? found.models.map(({ card }) => card.id) : found;
    };
    expect(needed(starters('absent'))).toEqual(['mini', 'small']);
    expect(needed([model('mini', 'embed', 'ready', true), model('small', 'generate', 'downloading', true)])).toEqual([
      'small',
    ]);
  });

  it('are none when the catalogue lacks a kind, which is named', () => {
    expect(chatModels([], [])).toEqual({ kind: 'none', what: 'embedding model' });
    expect(chatModels([model('mini', 'embed', 'ready')], [])).toEqual({ kind: 'none', what: 'language model' });
  });
});
