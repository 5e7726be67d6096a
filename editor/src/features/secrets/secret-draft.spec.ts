import { describe, expect, it } from '@jest/globals';
import { SecretCardReply } from '@heddle/core';
import { changeOf, draftOf, emptyDraft, hostsOfNodes } from './secret-draft.js';

const card = (more: object = {}): SecretCardReply =>
  SecretCardReply.parse({ name: 'crm', owner: 'default', updatedAt: 1, usedBy: [], ...more });

describe('the form of a secret', () => {
  it('sends what it shows, and leaves the value unchanged when none is typed', () => {
    const limited = card({ hosts: ['a.example', 'b.example:80'], uses: ['tool-environment'], workflows: ['w1'] });
    expect(changeOf(draftOf(limited), 'project')).toEqual({
      hosts: ['a.example', 'b.example:80'],
      uses: ['tool-environment'],
      workflows: ['w1'],
    });
    expect(changeOf({ ...emptyDraft, name: 'crm', value: 'v', hosts: ' a.example, b.example ' }, 'project')).toEqual({
      value: 'v',
      hosts: ['a.example', 'b.example'],
      uses: ['request'],
      workflows: null,
    });
  });

  it('sends the source of an external value, and no value beside it', () => {
    for (const source of [
      { kind: 'vault', path: 'team/crm', field: 'key' },
      { kind: 'aws', id: 'prod/crm' },
      { kind: 'environment' },
    ]) {
      const draft = { ...draftOf(card({ owner: 'installation', source })), value: 'typed before' };
      expect(changeOf(draft, 'installation')).toMatchObject({ source });
      expect(changeOf(draft, 'installation')).not.toHaveProperty('value');
    }
  });
});

describe('the host of a new secret', () => {
  const node = (url: string, secret = 'crm') => ({
    type: 'http',
    version: 1,
    config: { url, auth: { kind: 'bearer', secret } },
  });

  it('is the host of the addresses in its nodes, if they contain a fixed one', () => {
    const nodes = {
      a: node('https://API.example.com/{{ id }}'),
      b: node('http://crm.lan/x'),
      c: node('https://api.example.com/other'),
      d: node('{{ url }}'),
      e: node('https://{{ host }}/x'),
      f: node('https://other.example/', 'another'),
    };
    expect(hostsOfNodes(nodes, 'crm')).toEqual(['api.example.com', 'crm.lan:80']);
  });
});
