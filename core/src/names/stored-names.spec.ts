import { describe, expect, it } from '@jest/globals';
import {
  renameAcceptance,
  renameCaller,
  renameDocument,
  renameEvent,
  renameRouteDetails,
  renameVersion,
} from './stored-names.js';

describe('stored names', () => {
  it('renames the clearance of a label decision', () => {
    expect(renameEvent({ type: 'label-decision', decision: 'refused', ceiling: 'internal' })).toEqual({
      type: 'label-decision',
      decision: 'refused',
      clearance: 'internal',
    });
  });

  it('renames the clearance of the candidates of a route decision', () => {
    const details = { model: 'a', facts: [{ model: 'a', ceiling: 'public' }] };
    expect(renameEvent({ type: 'node-decision', kind: 'route', details: structuredClone(details) })).toHaveProperty(
      'details.facts.0.clearance',
      'public',
    );
    expect(renameRouteDetails(details)).toEqual({ model: 'a', facts: [{ model: 'a', clearance: 'public' }] });
  });

  it('renames the clearances of a version', () => {
    const version = {
      version: 1,
      replyCeiling: 'internal',
      dataMap: [{ node: 'a', ceiling: 'public', loweredBy: [] }, { node: 'b' }],
    };
    expect(renameVersion(version)).toEqual({
      version: 1,
      replyClearance: 'internal',
      dataMap: [{ node: 'a', clearance: 'public', declassifiedBy: [] }, { node: 'b' }],
    });
  });

  it('renames events of human input', () => {
    expect(renameEvent({ type: 'ask-start', askId: 'a', key: 'k' })).toEqual({
      type: 'human-input-start',
      requestId: 'a',
      key: 'k',
    });
    expect(renameEvent({ type: 'ask-remind', askId: 'a' })).toEqual({ type: 'human-input-remind', requestId: 'a' });
    expect(renameEvent({ type: 'node-park', reason: 'ask', askId: 'a' })).toMatchObject({
      type: 'node-suspend',
      reason: 'human-input',
      requestId: 'a',
    });
    expect(renameEvent({ type: 'run-park', asks: ['a'] })).toMatchObject({ type: 'run-suspend', requests: ['a'] });
  });

  it('renames the code of an error', () => {
    expect(renameEvent({ type: 'run-end', status: 'failed', error: { code: 'stopped', message: 'x' } })).toEqual({
      type: 'run-end',
      status: 'failed',
      error: { code: 'kill_switch', message: 'x' },
    });
    const event = { type: 'node-error', error: { code: 'node_failed', message: 'stopped' } };
    expect(renameEvent(structuredClone(event))).toEqual(event);
  });

  it('moves the kill switch from the reason of a pause to its cause', () => {
    expect(renameEvent({ type: 'run-held', reason: 'stop tool:mail: It spams: a lot.' })).toEqual({
      type: 'run-pause',
      cause: { kind: 'kill-switch', target: 'tool:mail' },
      reason: 'It spams: a lot.',
    });
    expect(renameEvent({ type: 'run-held', reason: 'drill' })).toEqual({ type: 'run-pause', reason: 'drill' });
  });

  it('renames the channel of a caller', () => {
    expect(renameCaller({ principal: 'local', door: 'v1' })).toEqual({ principal: 'local', channel: 'v1' });
    expect(renameAcceptance({ inputs: { door: 1 }, caller: { principal: 'local', door: 'v1' } })).toEqual({
      inputs: { door: 1 },
      caller: { principal: 'local', channel: 'v1' },
    });
  });

  it('does not rename fields in values of users', () => {
    const event = { type: 'node-end', outputs: { text: { value: { ceiling: 'high' }, label: { level: 'public' } } } };
    expect(renameEvent(structuredClone(event))).toEqual(event);
  });
});

describe('renameDocument', () => {
  it('renames the types of nodes, also of inner workflows, and keeps the ids', () => {
    const old = {
      heddle: 1,
      nodes: {
        ask: { type: 'ask', version: 1, config: { title: 'ask', lowerFrom: 'restricted' } },
        out: { type: 'output' },
      },
      edges: [{ from: 'ask.approve', to: 'out.done' }],
      workflows: { inner: { nodes: { person: { type: 'ask' } }, edges: [] } },
    };
    expect(renameDocument(old)).toEqual({
      ...old,
      nodes: {
        ask: { type: 'human-input', version: 1, config: { title: 'ask', declassifyFrom: 'restricted' } },
        out: { type: 'output' },
      },
      workflows: { inner: { nodes: { person: { type: 'human-input', config: {} } }, edges: [] } },
    });
  });

  it('replaces chat by generate and keeps the default settings of chat', () => {
    const { nodes } = renameDocument({ nodes: { a: { type: 'chat', version: 1, config: { model: 'far/one' } } } });
    expect(nodes).toMatchObject({
      a: { type: 'generate', version: 1, config: { model: 'far/one', temperature: 0.7, maxTokens: 1024 } },
    });
  });

  it('keeps a config that is no object, so that the schema refuses it', () => {
    const { nodes } = renameDocument({ nodes: { a: { type: 'chat', config: 5 }, b: { type: 'ask', config: null } } });
    expect(nodes).toEqual({ a: { type: 'generate', config: 5 }, b: { type: 'human-input', config: null } });
  });

  it('renames the input for a route decision only at nodes that have this input', () => {
    const nodes = { a: { type: 'chat' }, b: { type: 'fallback' }, c: { type: 'code' } };
    const to = (...ends: string[]) => ends.map((end) => ({ from: 'pick.decision', to: end }));
    expect(
      renameDocument({ nodes, edges: to('a.order', 'b.order', 'c.order', 'toString.order', 'a.model') }),
    ).toMatchObject({ edges: to('a.route', 'b.route', 'c.order', 'toString.order', 'a.model') });
  });

  it.each([
    { nodes: 1 },
    { nodes: [] },
    { nodes: { a: null } },
    { workflows: { a: 3 } },
    {},
    { nodes: { a: { type: 5 } } },
  ])('leaves %j unchanged, so that the schema judges it', (document) =>
    expect(renameDocument(document)).toEqual(document),
  );
});
