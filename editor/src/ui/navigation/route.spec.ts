import { describe, expect, it } from '@jest/globals';
import {
  apiPath,
  requestPath,
  collectionPath,
  entitiesPath,
  connectionPath,
  newConnectionPath,
  parseRoute,
  policyPath,
  qualityPath,
  runPath,
  testsPath,
  toolServerPath,
  versionsPath,
  workflowPath,
} from './route.js';

describe('routes', () => {
  it('reads the addresses that it writes', () => {
    expect(parseRoute(workflowPath('ask the/handbook', 'r 1'))).toEqual({
      page: 'workflow',
      workflow: 'ask the/handbook',
      runId: 'r 1',
    });
    expect(parseRoute(workflowPath('a'))).toEqual({ page: 'workflow', workflow: 'a', runId: undefined });
    expect(parseRoute(runPath('r-1'))).toEqual({ page: 'run', runId: 'r-1' });
    expect(parseRoute(requestPath({ runId: 'r 1', requestId: 'each#0/ask:1' }))).toEqual({
      page: 'inbox',
      only: { runId: 'r 1', requestId: 'each#0/ask:1' },
    });
    expect(parseRoute('/inbox?run=r')).toEqual({ page: 'inbox', only: undefined });
    expect(parseRoute('/')).toEqual({ page: 'home' });
    expect(parseRoute('/runs')).toEqual({ page: 'runs' });
    expect(parseRoute('/models')).toEqual({ page: 'models' });
    expect(parseRoute('/collections')).toEqual({ page: 'collections' });
    expect(parseRoute(collectionPath('faq', 'a/b c.md'))).toEqual({
      page: 'collection',
      name: 'faq',
      document: 'a/b c.md',
      passage: undefined,
    });
    expect(parseRoute(collectionPath('faq', 'a&b.md', 'a&b.md#2'))).toEqual({
      page: 'collection',
      name: 'faq',
      document: 'a&b.md',
      passage: 'a&b.md#2',
    });
    expect(parseRoute(entitiesPath('a b'))).toEqual({ page: 'entities', name: 'a b', entity: undefined });
    expect(parseRoute(entitiesPath('faq', 'ac/dc & co. 50%'))).toEqual({
      page: 'entities',
      name: 'faq',
      entity: 'ac/dc & co. 50%',
    });
    expect(parseRoute('/collections/faq/else')).toMatchObject({ page: 'missing' });
  });

  it('reads the parts of a workflow, and two versions to compare', () => {
    expect(parseRoute(versionsPath('a/b', { from: 3, to: 'draft' }))).toEqual({
      page: 'versions',
      workflow: 'a/b',
      from: 3,
      to: 'draft',
    });
    expect(parseRoute('/workflows/a/versions?from=x&to=0')).toEqual({
      page: 'versions',
      workflow: 'a',
      from: undefined,
      to: undefined,
    });
    expect(parseRoute(testsPath('a', 'r'))).toEqual({ page: 'tests', workflow: 'a', run: 'r' });
    expect(parseRoute(apiPath('a'))).toEqual({ page: 'api', workflow: 'a' });
    expect(parseRoute('/workflows/a/else')).toMatchObject({ page: 'missing' });
  });

  it('distinguishes a named item from a new one', () => {
    expect(parseRoute('/connections')).toEqual({ page: 'connections' });
    expect(parseRoute(connectionPath('office'))).toEqual({ page: 'connection', id: 'office', name: undefined });
    expect(parseRoute(connectionPath())).toEqual({ page: 'connection', id: undefined, name: undefined });
    expect(parseRoute(newConnectionPath('a b'))).toEqual({ page: 'connection', id: undefined, name: 'a b' });
    expect(parseRoute(policyPath('+'))).toEqual({ page: 'policy', name: '+' });
    expect(parseRoute(policyPath())).toEqual({ page: 'policy', name: undefined });
    expect(parseRoute(toolServerPath('files'))).toEqual({ page: 'tool-server', id: 'files' });
    expect(parseRoute(toolServerPath())).toEqual({ page: 'tool-server', id: undefined });
    expect(parseRoute('/settings')).toEqual({ page: 'settings', section: '' });
    expect(parseRoute('/settings/users')).toEqual({ page: 'settings', section: 'users' });
    expect(parseRoute('/spend/more')).toEqual({ page: 'missing', path: '/spend/more' });
  });

  it('reads the dashboard, whatever its filters are', () => {
    expect(parseRoute('/dashboard?range=24h&model=a%2Fb')).toMatchObject({ page: 'dashboard', tab: undefined });
    expect(parseRoute('/dashboard/alerts')).toMatchObject({ page: 'dashboard', tab: 'alerts' });
    expect(parseRoute('/dashboard/alerts?alert=a_1')).toMatchObject({ tab: 'alerts' });
    expect(parseRoute('/dashboard/more')).toMatchObject({ page: 'missing' });
  });

  it('reads the tabs of the quality pages', () => {
    const path = '/quality';
    expect(parseRoute(path)).toEqual({ page: 'quality', tab: undefined, item: undefined, path });
    expect(parseRoute(qualityPath('datasets'))).toMatchObject({ page: 'quality', tab: 'datasets', item: undefined });
    expect(parseRoute(qualityPath('datasets', 'a/b %'))).toMatchObject({ tab: 'datasets', item: 'a/b %' });
    expect(parseRoute('/quality/datasets/a/b')).toMatchObject({ page: 'missing' });
  });

  it('reads an unknown address as missing, and accepts a stray percent sign', () => {
    expect(parseRoute('/nowhere/at/all')).toEqual({ page: 'missing', path: '/nowhere/at/all' });
    expect(parseRoute('/runs/%')).toEqual({ page: 'run', runId: '%' });
  });
});
